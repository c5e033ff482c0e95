import type { Advice } from '@ptelab/mm';
import type { Operation, PageRange, ProtLetters } from '@ptelab/scenario';
import type { Random } from './random.ts';

/** What a step can be about. */
export interface StoryPlaces {
  /** The pages that the story maps. */
  readonly window: PageRange;
  /** A few stretches of them: a story comes back to where it has been. */
  readonly regions: readonly [PageRange, ...PageRange[]];
  /** Where memory can be moved to. */
  readonly spare: number;
}

/** Makes one step of a story: operations that belong together. */
type StepMaker = (random: Random, places: StoryPlaces) => Operation[];

const PROTECTIONS: readonly [ProtLetters, ...ProtLetters[]] = [
  'r',
  'r',
  'rw',
  'rw',
  'rw',
  'rx',
  'rwx',
  'n',
  'w',
];

const ADVICE: readonly [Advice, ...Advice[]] = [
  'DONTNEED',
  'DONTNEED',
  'FREE',
  'FREE',
  'COLD',
  'POPULATE_READ',
  'POPULATE_WRITE',
  'HUGEPAGE',
  'NOHUGEPAGE',
  'COLLAPSE',
];

const SIZES: readonly [number, ...number[]] = [16, 32, 64, 64, 128, 256, 512, 1024, 2048];
const CHILDREN: readonly [string, ...string[]] = ['a', 'b', 'c'];

/** A region, a part of one, or any few pages. */
function place(random: Random, { window, regions }: StoryPlaces): PageRange {
  const { at, pages } = random.pick(regions);
  switch (random.below(6)) {
    case 0:
      return window;
    case 1:
    case 2:
      return { at, pages };
    case 3: {
      const half = Math.max(1, Math.floor(pages / 2));
      return random.once(2) ? { at, pages: half } : { at: at + pages - half, pages: half };
    }
    case 4: {
      const skip = random.below(pages);
      return { at: at + skip, pages: 1 + random.below(pages - skip) };
    }
    default: {
      const skip = random.below(window.pages);
      const most = Math.min(40, window.pages - skip);
      return { at: window.at + skip, pages: 1 + random.below(most) };
    }
  }
}

function stride(random: Random): { step?: number } {
  return random.once(3) ? { step: 1 + random.below(4) } : {};
}

const STEPS: readonly (readonly [number, StepMaker])[] = [
  [
    16,
    (random, places) => [
      { op: 'mprotect', ...place(random, places), prot: random.pick(PROTECTIONS) },
    ],
  ],
  // What code generators do all day.
  [
    6,
    (random, places) => {
      const range = place(random, places);
      return [
        { op: 'mprotect', ...range, prot: 'r' },
        { op: 'mprotect', ...range, prot: 'rw' },
      ];
    },
  ],
  [9, (random, places) => [{ op: 'write', ...place(random, places), ...stride(random) }]],
  [4, (random, places) => [{ op: 'read', ...place(random, places), ...stride(random) }]],
  [
    3,
    (random, places) => [
      {
        op: 'faults',
        label: 'f',
        access: random.once(3) ? 'read' : 'write',
        ...place(random, places),
        ...stride(random),
      },
    ],
  ],
  [
    4,
    (random) => [
      { op: 'thp', kb: random.pick(SIZES), enabled: random.once(2) ? 'never' : 'always' },
    ],
  ],
  [
    5,
    (random, places) => [{ op: 'madvise', ...place(random, places), advice: random.pick(ADVICE) }],
  ],
  [3, (random) => [{ op: 'fork', id: random.pick(CHILDREN) }]],
  [1, () => [{ op: 'forkexit', id: 'x' }]],
  // The way to a folio of which only some pages are shared.
  [
    2,
    (random, places) => {
      const range = place(random, places);
      return [
        { op: 'madvise', ...range, advice: 'DONTFORK' },
        { op: 'fork', id: random.pick(CHILDREN) },
        { op: 'madvise', ...range, advice: 'DOFORK' },
      ];
    },
  ],
  [
    3,
    (random, places) => [
      {
        op: 'child',
        id: random.pick(CHILDREN),
        does: random.pick(['write', 'write', 'read']),
        ...place(random, places),
        step: 1 + random.below(3),
      },
    ],
  ],
  [
    1,
    (random, places) => [
      { op: 'child', id: random.pick(CHILDREN), does: 'munmap', ...place(random, places) },
    ],
  ],
  [2, (random) => [{ op: 'child', id: random.pick(CHILDREN), does: 'exit' }]],
  [2, (random) => [{ op: 'clear_refs', mode: random.once(2) ? 1 : 4 }, { op: 'flushtlb' }]],
  [1, (random, places) => [{ op: 'munmap', ...place(random, places) }]],
  [
    2,
    (random, places) => {
      const range = place(random, places);
      return [
        { op: 'munmap', ...range },
        { op: 'mmap', ...range, prot: random.once(4) ? 'r' : 'rw', kind: 'anon' },
      ];
    },
  ],
  [
    2,
    (random, places) => {
      const to = random.pick([places.spare, places.spare + 1, places.spare + 16]);
      return [{ op: 'mremap', ...place(random, places), to }];
    },
  ],
  [1, (random, places) => [{ op: 'mlock', ...place(random, places) }]],
  [3, (random, places) => [{ op: 'uffd_wp', ...place(random, places), on: !random.once(3) }]],
  [1, (random, places) => [{ op: 'uffd_reg', ...place(random, places) }]],
  [1, (random, places) => [{ op: 'uffd_unreg', ...place(random, places) }]],
  [
    1,
    (random, places) => [
      {
        op: 'madvise',
        ...place(random, places),
        advice: random.once(3) ? 'GUARD_REMOVE' : 'GUARD_INSTALL',
      },
    ],
  ],
];

const TOTAL_WEIGHT = STEPS.reduce((sum, [weight]) => sum + weight, 0);

/** A step of any kind. */
export function anyStep(random: Random, places: StoryPlaces): Operation[] {
  let left = random.below(TOTAL_WEIGHT);
  for (const [weight, make] of STEPS) {
    left -= weight;
    if (left < 0) return make(random, places);
  }
  return [];
}
