import { StoryCheck, type MappingKind, type Operation, type PageRange } from '@ptelab/scenario';
import { LEFT_OUT, type StoryFacts } from './left-out.ts';
import { Random } from './random.ts';
import { anyStep, type StoryPlaces } from './story-steps.ts';

/** What the machine has to offer to stories. */
export interface StoryMachine {
  /** Whether files below /mnt are on ext4. */
  readonly ext4: boolean;
}

const SMALL = 96;
const LARGE = 1024;
/** Pages of the large window that are looked at: around both ends of the first leaf table. */
const MAX_STEPS = 12;

const ANON_SIZES: readonly [number, ...number[]] = [16, 32, 64, 64, 128, 256, 512, 1024, 2048];

/** A kind of memory: how the window is mapped. */
interface Backing {
  readonly kind: MappingKind;
  readonly path?: string;
}

const ANON: Backing = { kind: 'anon' };
const BACKINGS: readonly [Backing, ...Backing[]] = [
  ANON,
  ANON,
  ANON,
  ANON,
  ANON,
  { kind: 'shanon' },
  { kind: 'shared', path: '/shm0/f' },
  { kind: 'private', path: '/shm0/f' },
  { kind: 'shared', path: '/shm1/f' },
  { kind: 'private', path: '/shm1/f' },
  { kind: 'shared', path: '/shmw/f' },
  { kind: 'private', path: '/shmw/f' },
];
const EXT4: readonly Backing[] = [
  { kind: 'shared', path: '/mnt/f' },
  { kind: 'private', path: '/mnt/f' },
];

function mapWindow(random: Random, pages: number, { kind, path }: Backing): Operation[] {
  const range = { at: 0, pages };
  const prot = random.once(8) ? 'r' : 'rw';
  if (path === undefined) return [{ op: 'mmap', ...range, prot, kind }];
  const operations: Operation[] = [{ op: 'file', id: 'f', path, pages }];
  // The model has no readahead: all pages of a file on a disk are in its cache.
  const onDisk = path.startsWith('/mnt/');
  if (onDisk || random.once(2)) {
    const chunk = random.pick([1, 4, 16, 64]);
    const written = onDisk ? pages : 1 + random.below(pages);
    operations.push({ op: 'fwrite', id: 'f', at: 0, pages: written, chunk });
  }
  return [...operations, { op: 'mmap', ...range, prot, kind, file: 'f' }];
}

function region(random: Random, window: number): PageRange {
  const at = random.pick([0, 0, 1, 4, 15, 16, 17, 32, 48, window - 17, 500, 512]);
  const start = at < window ? at : 0;
  const pages = random.pick([1, 2, 4, 8, 15, 16, 17, 32, 64, 512]);
  return { at: start, pages: Math.min(pages, window - start) };
}

/** Folios of a size at one place and of another size at the next, as recordings begin. */
function populate(random: Random, range: PageRange): Operation[] {
  if (random.once(4)) return [];
  const touch: Operation = { op: random.once(5) ? 'read' : 'write', ...range };
  if (random.once(3)) return [touch];
  const kb = random.pick(ANON_SIZES);
  return [
    { op: 'thp', kb, enabled: 'always' },
    touch,
    { op: 'thp', kb, enabled: random.once(3) ? 'always' : 'never' },
  ];
}

/** A stretch of the address space, mapped or not, as the kernel is asked to show it. */
function looks(label: string, { window, spare }: StoryPlaces, moved: boolean): Operation[] {
  const dump: Operation = { op: 'dump', label, ...window };
  if (!moved) return [dump];
  return [dump, { op: 'dump', label, at: spare, pages: window.pages + 16 }];
}

/** Sees to it that the kernel is asked what it did after every protection change, and at the end. */
function withLooks(operations: readonly Operation[], places: StoryPlaces): Operation[] {
  const moved = operations.some(({ op }) => op === 'mremap');
  const all = operations.flatMap((operation): Operation[] => {
    const asks = operation.op === 'mprotect' || operation.op === 'uffd_wp';
    return asks ? [operation, ...looks('d', places, moved)] : [operation];
  });
  const { window } = places;
  return [
    ...all,
    ...looks('end', places, moved),
    { op: 'vmas', label: 'end' },
    { op: 'mprotect', ...window, prot: 'r' },
    { op: 'mprotect', ...window, prot: 'rw' },
    ...looks('rw', places, moved),
    { op: 'faults', label: 'w', access: 'write', ...window },
    ...looks('written', places, moved),
    { op: 'vmas', label: 'written' },
  ];
}

/** Without what no story does. */
function withoutLeftOut(operations: readonly Operation[], facts: StoryFacts): Operation[] {
  return operations.filter(
    (operation) => !LEFT_OUT.some(({ applies }) => applies(operation, facts)),
  );
}

/** True if folios of the memory may be large though they are not anonymous. */
function hasLargeFile({ kind, path }: Backing): boolean {
  return kind === 'shanon' || (path !== undefined && !path.startsWith('/shm0/'));
}

/** Leaves out what can't be meant as written: orders to children that are not there, and the like. */
function meaningful(operations: readonly Operation[]): Operation[] {
  const story = new StoryCheck();
  return operations.filter((operation) => story.step(operation) === null);
}

/** The story of a seed: settings, memory, then anything that a process can do to it. */
export function storyOf(seed: number, machine: StoryMachine): Operation[] {
  const random = new Random(seed);
  const pages = random.once(3) ? LARGE : SMALL;
  const window = { at: 0, pages };
  const backings: readonly [Backing, ...Backing[]] = machine.ext4
    ? [...BACKINGS, ...EXT4]
    : BACKINGS;
  const regions: [PageRange, ...PageRange[]] = [region(random, pages)];
  while (random.once(2)) regions.push(region(random, pages));
  const places = { window, regions, spare: 2048 };
  const backing = random.pick(backings);
  const shmem: Operation[] =
    backing.kind === 'shanon' && random.once(2)
      ? [{ op: 'thp', kb: random.pick(ANON_SIZES), enabled: 'always', memory: 'shmem' }]
      : [];
  const watched: Operation[] = random.once(4)
    ? [
        { op: 'uffd', mode: 'async' },
        { op: 'uffd_reg', ...window },
      ]
    : [];
  const operations = [
    ...shmem,
    ...mapWindow(random, pages, backing),
    ...regions.flatMap((range) => populate(random, range)),
    ...watched,
  ];
  const steps = 2 + random.below(MAX_STEPS);
  for (let i = 0; i < steps; i++) operations.push(...anyStep(random, places));
  const usesUffd = operations.some(({ op }) => op === 'uffd');
  const known = operations.filter(({ op }) => usesUffd || !op.startsWith('uffd'));
  const facts = {
    file: backing.kind !== 'anon',
    largeFile: hasLargeFile(backing),
    watched: usesUffd,
  };
  return meaningful(withLooks(withoutLeftOut(known, facts), places));
}
