import { createMachine, parseScenario, type MachineSpec } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { batchOfPage } from '../src/entry/batch-end.ts';
import { entryWords } from '../src/entry/entry-words.ts';
import { callAt, callText, jumpFrom } from '../src/model/calls.ts';
import { markDifferences } from '../src/model/differences.ts';
import { begunAt } from '../src/model/film-batches.ts';
import { filmLength } from '../src/model/film-player.ts';
import { followPosition } from '../src/model/lockstep.ts';
import { machineFilm, type MachineFilm } from '../src/model/machine-film.ts';
import { recordStep } from '../src/worker/record-step.ts';

const BEFORE: MachineSpec = { arch: 'arm64', kernel: '6.16' };
const AFTER: MachineSpec = { arch: 'arm64', kernel: '6.17' };
const X86: MachineSpec = { arch: 'x86-64', kernel: '6.17' };

/** Films the last of the steps; two folios of 16 pages are written before. */
function film(spec: MachineSpec, ...steps: string[]): MachineFilm {
  const all = [
    'thp: { kb: 64, enabled: always }',
    'mmap: { at: 0, pages: 32, prot: rw, kind: anon }',
    'write: { at: 0, pages: 32 }',
    ...steps,
  ];
  const text = `name: x\nsteps:\n${all.map((step) => `  - ${step}\n`).join('')}`;
  return machineFilm(
    spec,
    recordStep(parseScenario(text, 'x'), createMachine(spec), all.length - 1),
  );
}

const READ_ONLY = 'mprotect: { at: 0, pages: 32, prot: r }';
const WRITABLE = 'mprotect: { at: 0, pages: 32, prot: rw }';

const names = ({ film: { events }, film: made }: MachineFilm): string[] =>
  Array.from({ length: events.count }, (_, i) => callAt(made, i)?.fn ?? '');

describe('what happens in a film', () => {
  it('is the calls of the kernel, each at its place', () => {
    const { film: made } = film(AFTER, 'mprotect: { at: 0, pages: 16, prot: r }');
    const calls = Array.from({ length: made.events.count }, (_, i) => callAt(made, i)!);
    expect(calls.map((call) => `${call.fn} ${callText(call)}`)).toEqual([
      'contpte_ptep_get page 0',
      'vm_normal_page page 0',
      'folio_pte_batch page 0 returns 16',
      'modify_prot_start pages 0 to 15',
      'contpte_get_and_clear_full_ptes pages 0 to 15',
      'modify_prot_commit pages 0 to 15',
      'contpte_set_ptes pages 0 to 15',
      'flush_tlb_range pages 0 to 15',
    ]);
  });

  it('shows a block empty while its contiguous bits change', () => {
    const made = film(BEFORE, READ_ONLY);
    const convert = names(made).indexOf('contpte_convert');
    made.player.seek(convert + 1);
    expect([...made.player.frame.bits.subarray(0, 16)]).toEqual(Array(16).fill(0));
    made.player.seek(convert + 2);
    expect(entryWords(made, 0)).toBe('empty');
    expect(entryWords(made, 1)).toMatch(/^folio A, 64 KiB \(order 4\), page 1 of it; write, dirty/);
  });

  it('jumps to batches, unfolds and flushes, and stays where there is none', () => {
    const { film: made } = film(BEFORE, READ_ONLY);
    const first = jumpFrom(made, 0, 'batch', 1)!;
    expect(callAt(made, first - 1)).toMatchObject({ fn: 'modify_prot_start', at: 0 });
    const second = jumpFrom(made, first, 'batch', 1)!;
    expect(callAt(made, second - 1)).toMatchObject({ fn: 'modify_prot_start', at: 1 });
    expect(jumpFrom(made, second, 'batch', -1)).toBe(first);
    expect(jumpFrom(made, first, 'batch', -1)).toBeNull();
    expect(callAt(made, jumpFrom(made, 0, 'unfold', 1)! - 1)?.fn).toBe('contpte_try_unfold');
    expect(jumpFrom(film(AFTER, READ_ONLY).film, 0, 'unfold', 1)).toBeNull();
  });

  it('tells block flushes from those of the gather', () => {
    const { batches, film: made } = film(BEFORE, READ_ONLY);
    expect([batches.batches.count, batches.blockFlushes.count, batches.flushes.count]).toEqual([
      32, 4, 1,
    ]);
    expect([batches.flushes.at[0], batches.flushes.nr[0]]).toEqual([0, 32]);
    expect(begunAt(batches.batches, 0)).toBe(0);
    expect(begunAt(batches.batches, made.events.count)).toBe(32);
  });
});

describe('two films', () => {
  const before = film(BEFORE, READ_ONLY);
  const after = film(AFTER, READ_ONLY);

  it('keep to the same place of the walk', () => {
    const start = names(after).lastIndexOf('modify_prot_start');
    after.player.seek(start);
    before.player.seek(followPosition(after, start, before));
    const committed = begunAt(before.batches.commits, before.player.position);
    expect(committed).toBe(16);
    expect(followPosition(after, 0, before)).toBe(0);
    expect(followPosition(after, filmLength(after.film), before)).toBe(filmLength(before.film));
  });

  it('differ where their entries do', () => {
    const differs = new Uint8Array(32);
    const all = { from: 0, to: 32 };
    after.player.seek(filmLength(after.film));
    before.player.seek(filmLength(before.film));
    markDifferences(after.player.frame, before.player.frame, all, differs);
    expect(differs.every((differ) => differ === 0)).toBe(true);
    before.player.seek(0);
    markDifferences(after.player.frame, before.player.frame, all, differs);
    expect(differs.every((differ) => differ === 1)).toBe(true);
  });
});

describe('why a batch ends', () => {
  const whyOf = (spec: MachineSpec, strategy: string, page: number, ...steps: string[]): string =>
    batchOfPage(film(spec, ...steps), strategy, page)!.why;

  it.each([
    ['merged', 3, 'the folio ends: page 16 is in folio B'],
    ['merged', 20, 'the range of the call ends'],
  ])('%s, page %i: %s', (strategy, page, why) => {
    expect(whyOf(AFTER, strategy, page, READ_ONLY)).toBe(why);
  });

  it('names the strategy that takes one at a time', () => {
    expect(whyOf(BEFORE, 'per-pte', 3, READ_ONLY)).toBe('per-pte takes one entry at a time');
  });

  it('names a hole', () => {
    const hole = 'madvise: { at: 5, pages: 3, advice: DONTNEED }';
    expect(whyOf(AFTER, 'merged', 2, hole, READ_ONLY)).toBe('page 5 is empty');
  });

  it('names the bits that differ', () => {
    const fork = ['forkexit: { id: c }', 'write: { at: 3, pages: 1 }'];
    expect(whyOf(AFTER, 'merged', 0, ...fork, READ_ONLY)).toBe('page 3 differs in write');
  });

  it('names single pages', () => {
    const single = [
      'thp: { kb: 64, enabled: never }',
      'mmap: { at: 64, pages: 4, prot: rw, kind: anon }',
      'write: { at: 64, pages: 4 }',
      'mprotect: { at: 64, pages: 4, prot: r }',
    ];
    expect(whyOf(X86, 'merged', 65, ...single)).toBe('the folio has one page only');
  });

  it('says why a batch is committed in parts', () => {
    const made = film(
      AFTER,
      'forkexit: { id: c }',
      'write: { at: 3, pages: 1 }',
      READ_ONLY,
      WRITABLE,
    );
    const parts = [0, 3, 9].map((page) => batchOfPage(made, 'merged', page)!);
    expect(parts.map(({ commit }) => commit)).toEqual([
      { at: 0, pages: 3 },
      { at: 3, pages: 1 },
      { at: 4, pages: 12 },
    ]);
    expect(parts.map(({ whyCommit }) => whyCommit)).toEqual([
      'page 3 is exclusive, which may become writable',
      'page 4 is not exclusive, which may not become writable',
      null,
    ]);
  });

  it('knows no batch where the call changed nothing', () => {
    const made = film(AFTER, 'mprotect: { at: 0, pages: 16, prot: r }');
    expect(batchOfPage(made, 'merged', 20)).toBeNull();
  });
});
