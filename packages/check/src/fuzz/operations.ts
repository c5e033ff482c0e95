import * as fc from 'fast-check';
import type { ArchName } from '@ptelab/pte';
import type { Operation, ProtLetters, ThpOp } from '@ptelab/scenario';

/** Pages of the window that stories play in: two leaf tables. */
const WINDOW = 1024;
/** Where stories like to be: around the end of the first table. */
const HOT: readonly number[] = [0, 1, 4, 15, 16, 17, 32, 48, 496, 504, 511, 512, 513, 528];
const CHILDREN: readonly string[] = ['a', 'b'];

const at = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOT) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: WINDOW - 1 }) },
);
const pages = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 2, arbitrary: fc.constantFrom(16, 32, 48, 64, 512) },
);
const range = fc
  .record({ at, pages })
  .map((chosen) => ({ ...chosen, pages: Math.min(chosen.pages, WINDOW - chosen.at) }));
const touched = fc
  .record({ range, step: fc.constantFrom(1, 1, 1, 2, 3) })
  .map((chosen) => ({ ...chosen.range, step: chosen.step }));
const prot = fc.constantFrom<ProtLetters>('r', 'rw', 'rw', 'none', 'rx');
const child = fc.constantFrom(...CHILDREN);

const thp = fc.record<ThpOp>({
  op: fc.constant('thp'),
  kb: fc.constantFrom(16, 32, 64, 128, 2048),
  enabled: fc.constantFrom('always', 'never'),
});

const mprotect = fc
  .record({ range, prot })
  .map((call): Operation => ({ op: 'mprotect', ...call.range, prot: call.prot }));

/** One step of a story, weighted towards what leads to mixed states and to protection changes. */
function step(arch: ArchName): fc.Arbitrary<Operation> {
  const ranged = <O extends Operation>(make: (chosen: { at: number; pages: number }) => O) =>
    range.map(make);
  const advice = fc.constantFrom<'DONTNEED' | 'FREE' | 'COLD' | 'PAGEOUT' | 'DONTFORK' | 'DOFORK'>(
    'DONTNEED',
    'FREE',
    'COLD',
    'PAGEOUT',
    'DONTFORK',
    'DOFORK',
  );
  return fc.oneof(
    { weight: 10, arbitrary: mprotect },
    { weight: 6, arbitrary: touched.map((t): Operation => ({ op: 'write', ...t })) },
    { weight: 3, arbitrary: touched.map((t): Operation => ({ op: 'read', ...t })) },
    { weight: 2, arbitrary: thp },
    { weight: 2, arbitrary: child.map((id): Operation => ({ op: 'fork', id })) },
    { weight: 1, arbitrary: child.map((id): Operation => ({ op: 'forkexit', id })) },
    {
      weight: 2,
      arbitrary: fc
        .record({ id: child, touched, does: fc.constantFrom('read', 'write', 'munmap') })
        .map(({ id, touched: t, does }): Operation => ({ op: 'child', id, does, ...t })),
    },
    { weight: 1, arbitrary: child.map((id): Operation => ({ op: 'child', id, does: 'exit' })) },
    {
      weight: 3,
      arbitrary: fc
        .record({ range, advice })
        .map((call): Operation => ({ op: 'madvise', ...call.range, advice: call.advice })),
    },
    {
      weight: arch === 'arm64' ? 1 : 3,
      arbitrary: fc
        .constantFrom<1 | 4>(1, 4)
        .map((mode): Operation => ({ op: 'clear_refs', mode })),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ range, on: fc.boolean() })
        .map((call): Operation => ({ op: 'uffd_wp', ...call.range, on: call.on })),
    },
    { weight: 1, arbitrary: ranged((chosen) => ({ op: 'uffd_reg' as const, ...chosen })) },
    { weight: 1, arbitrary: ranged((chosen) => ({ op: 'munmap' as const, ...chosen })) },
    { weight: 1, arbitrary: ranged((chosen) => ({ op: 'numa_scan' as const, ...chosen })) },
    {
      weight: 1,
      arbitrary: fc
        .record({ range, node: fc.constantFrom(0, 1) })
        .map((call): Operation => ({ op: 'node', ...call.range, node: call.node })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ range, to: at })
        .map(({ range: moved, to }): Operation => ({ op: 'mremap', ...moved, to })),
    },
  );
}

/** What the window holds at the start of a story. */
const mappings = fc.constantFrom<readonly Operation[]>(
  [{ op: 'mmap', at: 0, pages: WINDOW, prot: 'rw', kind: 'anon' }],
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
  [{ op: 'thp', kb: 2048, enabled: 'always' }],
);

/** Stories of a process and its children: settings and mappings first, then anything. */
export function stories(arch: ArchName, maxSteps: number): fc.Arbitrary<readonly Operation[]> {
  return fc
    .record({
      folioSizes,
      mappings,
      watch: fc.boolean(),
      steps: fc.array(step(arch), { minLength: 1, maxLength: maxSteps, size: 'max' }),
    })
    .map(({ folioSizes: sizes, mappings: mapped, watch, steps }) => [
      ...sizes,
      ...mapped,
      ...(watch ? [{ op: 'uffd', mode: 'async' } as const] : []),
      ...steps,
    ]);
}
