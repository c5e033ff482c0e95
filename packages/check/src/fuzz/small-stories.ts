import type { Operation } from '@ptelab/scenario';

/*
 *  page   0                16                32           64                96
 *         |  first half    |  second half    |            |  room to move   |
 *         one folio of 128 KiB, written: two contiguous blocks of 64 KiB on arm64
 */
const FIRST = { at: 0, pages: 16 } as const;
const SECOND = { at: 16, pages: 16 } as const;
const WHOLE = { at: 0, pages: 32 } as const;

/** How every small story begins. */
const BEGINNING: readonly Operation[] = [
  { op: 'thp', kb: 128, enabled: 'always' },
  { op: 'mmap', ...WHOLE, prot: 'rw', kind: 'anon' },
  { op: 'write', ...WHOLE },
];

/** What a step may be. */
const STEPS: readonly (readonly Operation[])[] = [
  [{ op: 'mprotect', ...WHOLE, prot: 'r' }],
  [{ op: 'mprotect', ...WHOLE, prot: 'rw' }],
  [{ op: 'mprotect', ...SECOND, prot: 'r' }],
  [{ op: 'mprotect', ...SECOND, prot: 'rw' }],
  [{ op: 'clear_refs', mode: 4 }],
  // New memory in place of a half.
  [
    { op: 'munmap', ...FIRST },
    { op: 'mmap', ...FIRST, prot: 'rw', kind: 'anon' },
  ],
  // A half that a child does not get stays exclusive; the other half is shared.
  [
    { op: 'madvise', ...FIRST, advice: 'DONTFORK' },
    { op: 'fork', id: 'a' },
    { op: 'madvise', ...FIRST, advice: 'DOFORK' },
  ],
  [{ op: 'forkexit', id: 'b' }],
  [{ op: 'mremap', ...WHOLE, to: 64 }],
  [{ op: 'write', ...WHOLE, step: 3 }],
];

/**
 * Every story of up to `maxSteps` steps on one large folio, shortest first: protection changes, forks,
 * moves, new memory. Small enough to try them all where chance would take long to find the right four.
 */
export function* smallStories(maxSteps: number): Generator<readonly Operation[]> {
  let stories: (readonly Operation[])[] = [BEGINNING];
  for (let steps = 1; steps <= maxSteps; steps++) {
    const longer: (readonly Operation[])[] = [];
    for (const story of stories) {
      for (const step of STEPS) {
        // A second child of the same name would not be a new one.
        const forks = step.some(({ op }) => op === 'fork') && story.some(({ op }) => op === 'fork');
        if (forks) continue;
        const next = [...story, ...step];
        longer.push(next);
        yield next;
      }
    }
    stories = longer;
  }
}
