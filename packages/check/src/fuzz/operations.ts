import * as fc from 'fast-check';
import type { ArchName } from '@ptelab/pte';
import type { Advice } from '@ptelab/mm';
import { StoryCheck, type Operation, type ProtLetters, type ThpOp } from '@ptelab/scenario';

/** Pages of the window that stories play in: two leaf tables. */
const WINDOW = 1024;
/** Where things happen: around contiguous blocks and the end of the first table. */
const STARTS: readonly number[] = [0, 1, 4, 8, 16, 17, 48, 496, 504, 511, 512, 528];
const LENGTHS: readonly number[] = [1, 2, 4, 8, 16, 17, 32, 64, 512];
const CHILDREN: readonly string[] = ['a', 'b'];

/** A stretch of pages. A story has few of them and comes back to them, or to a part. */
interface Region {
  readonly at: number;
  readonly pages: number;
}

/** Which region a step is about, and which part of it. */
interface Part {
  readonly region: number;
  readonly skip: number;
  readonly keep: number;
}

/** Operations that still have to be told the regions of their story. */
type Step = (regions: readonly Region[]) => readonly Operation[];

const region: fc.Arbitrary<Region> = fc.oneof(
  // Whole folios, and contiguous blocks of one folio.
  { weight: 3, arbitrary: fc.constantFrom(16, 32, 64).map((pages) => ({ at: 0, pages })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ at: fc.constantFrom(...STARTS), pages: fc.constantFrom(...LENGTHS) })
      .map(({ at, pages }) => ({ at, pages: Math.min(pages, WINDOW - at) })),
  },
);

/** As skip or keep: one half of the region. */
const HALF = -1;
const WHOLE: Part = { region: 0, skip: 0, keep: WINDOW };
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 2 }).map((chosen) => ({ ...WHOLE, region: chosen })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ chosen: fc.nat({ max: 2 }), second: fc.boolean() })
      .map(({ chosen, second }) => ({ region: chosen, skip: second ? HALF : 0, keep: HALF })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      region: fc.nat({ max: 2 }),
      skip: fc.nat({ max: 5 }),
      keep: fc.integer({ min: 1, max: 9 }),
    }),
  },
);

function resolve({ region: chosen, skip, keep }: Part, regions: readonly Region[]): Region {
  const { at, pages } = regions[chosen % regions.length] ?? { at: 0, pages: 1 };
  const half = Math.ceil(pages / 2);
  const start = Math.min(skip === HALF ? half : skip, pages - 1);
  return { at: at + start, pages: Math.min(keep === HALF ? half : keep, pages - start) };
}

function many(operations: Operation | Operation[]): Operation[] {
  return Array.isArray(operations) ? operations : [operations];
}

/** A step on a part of a region, with a choice of its own. */
function on<T>(
  choice: fc.Arbitrary<T>,
  make: (range: Region, chosen: T) => Operation | Operation[],
): fc.Arbitrary<Step> {
  return fc.record({ part, chosen: choice }).map(
    ({ part: where, chosen }): Step =>
      (regions) =>
        many(make(resolve(where, regions), chosen)),
  );
}

/** A step that is about no region. */
function plain(operation: fc.Arbitrary<Operation>): fc.Arbitrary<Step> {
  return operation.map((chosen): Step => () => [chosen]);
}

const child = fc.constantFrom(...CHILDREN);
const stride = fc.constantFrom(1, 1, 1, 2, 3);
const nothing = fc.constant(null);
const prot = fc.constantFrom<ProtLetters>('rw', 'r', 'rw', 'r', 'none', 'rx');
const advice = fc.constantFrom<Advice>('DONTFORK', 'DONTNEED', 'FREE', 'COLD', 'PAGEOUT', 'DOFORK');
const thp = fc.record<ThpOp>({
  op: fc.constant('thp'),
  kb: fc.constantFrom(16, 32, 64, 128, 2048),
  enabled: fc.constantFrom('always', 'never'),
});

/** One step of a story, weighted towards what leads to mixed states and to protection changes. */
function step(arch: ArchName): fc.Arbitrary<Step> {
  const childTouch = fc.record({
    id: child,
    step: stride,
    does: fc.constantFrom<'read' | 'write' | 'munmap'>('write', 'read', 'munmap'),
  });
  return fc.oneof(
    // What code generators do all day.
    {
      weight: 3,
      arbitrary: on(nothing, (range) => [
        { op: 'mprotect', ...range, prot: 'r' },
        { op: 'mprotect', ...range, prot: 'rw' },
      ]),
    },
    // The usual way to a folio of which only some pages are shared.
    {
      weight: 3,
      arbitrary: on(child, (range, id) => [
        { op: 'madvise', ...range, advice: 'DONTFORK' },
        { op: 'fork', id },
        { op: 'madvise', ...range, advice: 'DOFORK' },
      ]),
    },
    // New memory beside old.
    {
      weight: 2,
      arbitrary: on(nothing, (range) => [
        { op: 'munmap', ...range },
        { op: 'mmap', ...range, prot: 'rw', kind: 'anon' },
      ]),
    },
    { weight: 12, arbitrary: on(prot, (range, to) => ({ op: 'mprotect', ...range, prot: to })) },
    { weight: 6, arbitrary: on(stride, (range, by) => ({ op: 'write', ...range, step: by })) },
    { weight: 2, arbitrary: on(stride, (range, by) => ({ op: 'read', ...range, step: by })) },
    { weight: 1, arbitrary: plain(thp) },
    { weight: 3, arbitrary: plain(child.map((id) => ({ op: 'fork', id }))) },
    { weight: 1, arbitrary: plain(child.map((id) => ({ op: 'forkexit', id }))) },
    { weight: 2, arbitrary: on(childTouch, (range, does) => ({ op: 'child', ...does, ...range })) },
    { weight: 1, arbitrary: plain(child.map((id) => ({ op: 'child', id, does: 'exit' }))) },
    {
      weight: 3,
      arbitrary: on(advice, (range, what) => ({ op: 'madvise', ...range, advice: what })),
    },
    {
      weight: arch === 'arm64' ? 1 : 3,
      arbitrary: plain(fc.constantFrom<1 | 4>(4, 1).map((mode) => ({ op: 'clear_refs', mode }))),
    },
    {
      weight: 2,
      arbitrary: on(fc.boolean(), (range, yes) => ({ op: 'uffd_wp', ...range, on: yes })),
    },
    { weight: 1, arbitrary: on(nothing, (range) => ({ op: 'uffd_reg', ...range })) },
    { weight: 1, arbitrary: on(nothing, (range) => ({ op: 'munmap', ...range })) },
    { weight: 1, arbitrary: on(nothing, (range) => ({ op: 'numa_scan', ...range })) },
    {
      weight: 1,
      arbitrary: on(fc.constantFrom(1, 0), (range, node) => ({ op: 'node', ...range, node })),
    },
    {
      weight: 2,
      arbitrary: on(fc.constantFrom(64, 256, ...STARTS), (range, to) => ({
        op: 'mremap',
        ...range,
        to,
      })),
    },
  );
}

const ANON: readonly Operation[] = [{ op: 'mmap', at: 0, pages: WINDOW, prot: 'rw', kind: 'anon' }];

/** What the window holds at the start of a story. */
const mappings = fc.constantFrom<readonly Operation[]>(
  ANON,
  ANON,
  [
    { op: 'mmap', at: 0, pages: 256, prot: 'rw', kind: 'anon' },
    { op: 'mmap', at: 256, pages: 256, prot: 'rw', kind: 'shanon' },
    { op: 'mmap', at: 512, pages: 512, prot: 'rw', kind: 'anon' },
  ],
  [
    { op: 'file', id: 'f', path: '/shm1/f', pages: WINDOW },
    { op: 'mmap', at: 0, pages: 512, prot: 'rw', kind: 'shared', file: 'f' },
    { op: 'mmap', at: 512, pages: 512, prot: 'rw', kind: 'private', file: 'f', fileAt: 512 },
  ],
  [
    { op: 'file', id: 'f', path: '/mnt/f', pages: WINDOW },
    { op: 'mmap', at: 0, pages: 512, prot: 'rw', kind: 'shared', file: 'f' },
    { op: 'mmap', at: 512, pages: 512, prot: 'rw', kind: 'anon' },
  ],
);

const folioSizes = fc.constantFrom<readonly Operation[]>(
  [{ op: 'thp', kb: 64, enabled: 'always' }],
  [
    { op: 'thp', kb: 16, enabled: 'always' },
    { op: 'thp', kb: 64, enabled: 'always' },
  ],
  [{ op: 'thp', kb: 128, enabled: 'always' }],
  [{ op: 'thp', kb: 2048, enabled: 'always' }],
);

/** Leaves out what can't be meant as written: orders to children that are not there, and the like. */
function meaningful(operations: readonly Operation[]): Operation[] {
  const story = new StoryCheck();
  return operations.filter((operation) => story.step(operation) === null);
}

/** Stories of a process and its children: settings and mappings first, then anything. */
export function stories(arch: ArchName, maxSteps: number): fc.Arbitrary<readonly Operation[]> {
  return fc
    .record({
      folioSizes,
      mappings,
      watch: fc.boolean(),
      regions: fc.array(region, { minLength: 1, maxLength: 3 }),
      written: fc.boolean(),
      steps: fc.array(step(arch), { minLength: 1, maxLength: maxSteps, size: 'max' }),
    })
    .map(({ folioSizes: sizes, mappings: mapped, watch, regions, written, steps }) =>
      meaningful([
        ...sizes,
        ...mapped,
        ...(watch ? [{ op: 'uffd', mode: 'async' } as const] : []),
        ...(written ? regions.map((range) => ({ op: 'write', ...range }) as const) : []),
        ...steps.flatMap((make) => make(regions)),
      ]),
    );
}
