import * as fc from 'fast-check';
import type { Advice } from '@ptelab/mm';
import type { ArchName } from '@ptelab/pte';
import { formatOpLine, type Operation, type ProtLetters, type ThpOp } from '@ptelab/scenario';

/** Leaf tables of the window that stories play in. */
const TABLES = 5;
/** Entries of a leaf table of 4K pages. */
const TABLE = 512;
const WINDOW = TABLES * TABLE;

/** Touches pages as a program does that fills memory: whole tables may be filled alike. */
interface TouchPages {
  readonly op: 'touch-pages';
  readonly at: number;
  readonly pages: number;
  readonly access: 'read' | 'write';
}

/** One step of a story that is told to two systems. */
export type SharingStep = Operation | TouchPages;

interface Stretch {
  readonly at: number;
  readonly pages: number;
}

const tables: fc.Arbitrary<Stretch> = fc
  .record({ first: fc.nat({ max: TABLES - 1 }), count: fc.integer({ min: 1, max: TABLES }) })
  .map(({ first, count }) => ({
    at: first * TABLE,
    pages: Math.min(count, TABLES - first) * TABLE,
  }));

/** A few pages, at the edge of a table as often as not. */
const few: fc.Arbitrary<Stretch> = fc
  .record({
    table: fc.nat({ max: TABLES - 1 }),
    at: fc.constantFrom(0, 1, 8, 16, 31, 256, 496, 511),
    pages: fc.constantFrom(1, 2, 16, 17, 64, 512),
  })
  .map(({ table, at, pages }) => {
    const start = table * TABLE + at;
    return { at: start, pages: Math.min(pages, WINDOW - start) };
  });

const whole: fc.Arbitrary<Stretch> = fc.constant({ at: 0, pages: WINDOW });

const stretch: fc.Arbitrary<Stretch> = fc.oneof(
  { weight: 4, arbitrary: whole },
  { weight: 3, arbitrary: tables },
  { weight: 2, arbitrary: few },
);

const access = fc.constantFrom<'read' | 'write'>('write', 'write', 'write', 'read');
const prot = fc.constantFrom<ProtLetters>('r', 'rw', 'r', 'rw', 'none', 'rx');
const advice = fc.constantFrom<Advice>('DONTFORK', 'DOFORK', 'DONTNEED', 'FREE', 'COLD', 'PAGEOUT');
const folioKb = fc.constantFrom(16, 64, 128, 2048);

function on<T>(
  choice: fc.Arbitrary<T>,
  make: (range: Stretch, chosen: T) => SharingStep,
  where: fc.Arbitrary<Stretch> = stretch,
): fc.Arbitrary<readonly SharingStep[]> {
  return fc
    .record({ where, chosen: choice })
    .map(({ where: range, chosen }) => [make(range, chosen)]);
}

function step(arch: ArchName): fc.Arbitrary<readonly SharingStep[]> {
  const clearRefs = fc.constantFrom<1 | 4>(
    ...(arch === 'arm64' ? [1 as const] : [1 as const, 4 as const]),
  );
  return fc.oneof<fc.WeightedArbitrary<readonly SharingStep[]>[]>(
    {
      weight: 8,
      arbitrary: on(prot, (range, letters) => ({ op: 'mprotect', ...range, prot: letters })),
    },
    {
      weight: 3,
      arbitrary: on(access, (range, kind) => ({ op: 'touch-pages', ...range, access: kind })),
    },
    { weight: 2, arbitrary: on(access, (range, kind) => ({ op: kind, ...range }), few) },
    {
      weight: 2,
      arbitrary: on(advice, (range, name) => ({ op: 'madvise', ...range, advice: name })),
    },
    // The first page of each table marked and unmarked: what splits huge mappings.
    {
      weight: 1,
      arbitrary: fc.constant(
        Array.from({ length: TABLES }, (_, table) => [
          { op: 'madvise' as const, at: table * TABLE, pages: 1, advice: 'DONTFORK' as const },
          { op: 'madvise' as const, at: table * TABLE, pages: 1, advice: 'DOFORK' as const },
        ]).flat(),
      ),
    },
    { weight: 1, arbitrary: on(fc.constant(null), (range) => ({ op: 'munmap', ...range }), few) },
    {
      weight: 1,
      arbitrary: on(fc.constant(null), (range) => ({
        op: 'mmap',
        ...range,
        prot: 'rw',
        kind: 'anon',
      })),
    },
    { weight: 1, arbitrary: fc.constant([{ op: 'forkexit' as const, id: 'a' }]) },
    { weight: 1, arbitrary: clearRefs.map((mode) => [{ op: 'clear_refs' as const, mode }]) },
    {
      weight: 1,
      arbitrary: fc
        .record<ThpOp>({
          op: fc.constant('thp'),
          kb: folioKb,
          enabled: fc.constantFrom('always', 'never'),
        })
        .map((op) => [op]),
    },
  );
}

/** Stories of a few tables that are mostly treated alike: memory is mapped and filled, then changed. */
export function sharingStories(arch: ArchName): fc.Arbitrary<readonly SharingStep[]> {
  const thp = fc.option(folioKb, { nil: null });
  return fc
    .record({ thp, steps: fc.array(step(arch), { minLength: 1, maxLength: 10 }) })
    .map(({ thp: kb, steps }) => [
      ...(kb === null ? [] : [{ op: 'thp' as const, kb, enabled: 'always' as const }]),
      { op: 'mmap', at: 0, pages: WINDOW, prot: 'rw', kind: 'anon' },
      { op: 'touch-pages', at: 0, pages: WINDOW, access: 'write' },
      ...steps.flat(),
    ]);
}

/** A step as people read it. */
export function sharingStepText(taken: SharingStep): string {
  if (taken.op !== 'touch-pages') return formatOpLine(taken);
  return `touch-pages ${taken.at} ${taken.pages} ${taken.access}`;
}
