import { readFileSync } from 'node:fs';
import { createMachine } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { readStraceLog } from '../src/strace/read-log.ts';
import { replayLog } from '../src/replay/replayer.ts';

it('prints what the README of the package says', async () => {
  const text = (path: string): string => new URL(`../../../${path}`, import.meta.url).pathname;
  const log = await readStraceLog(text('traces/node-json.strace.gz'));
  const machine = createMachine({ arch: 'arm64', kernel: '6.17' });
  const { total, mismatches } = replayLog(log, machine, { touch: 'first', folioOrders: [4] });
  const { total: lines } = log.lines;
  const figures = [lines, total.calls, total.entries, total.events.batches, mismatches];
  expect(readFileSync(text('packages/kernel/README.md'), 'utf8')).toContain(
    `\n${figures.join(' ')}\n`,
  );
});

/** Lines, lines that name mprotect, and calls of it. */
describe.each([
  ['node-json', 2527, 762, 719],
  ['java-hashmap', 1570, 1129, 1079],
  ['python-startup', 1758, 166, 165],
  ['rustc', 1135, 571, 409],
])('the trace %s', (name, nrLines, nrNamed, nrCalls) => {
  const path = new URL(`../../../traces/${name}.strace.gz`, import.meta.url).pathname;

  it('is accounted for, line by line and call by call', async () => {
    const { lines, calls, unparsable, unfinished } = await readStraceLog(path);
    const { total, ...kinds } = lines;
    expect(total).toBe(nrLines);
    expect(Object.values(kinds).reduce((sum, count) => sum + count, 0)).toBe(nrLines);
    expect([unparsable, unfinished, kinds.cut]).toEqual([[], [], 0]);
    expect(calls.get('mprotect')).toEqual({
      lines: nrNamed,
      calls: nrCalls,
      succeeded: nrCalls,
      failed: 0,
      unknown: 0,
      unfinished: 0,
      withoutBeginning: 0,
    });
  });

  it.each(['none', 'first', 'all'] as const)('is replayed whole with touch %s', async (touch) => {
    const log = await readStraceLog(path);
    const machine = createMachine({ arch: 'arm64', kernel: '6.17' });
    const { total, mismatches, notModelled, calls } = replayLog(log, machine, { touch });
    expect([total.calls, mismatches, notModelled]).toEqual([nrCalls, 0, {}]);
    const followed = log.events.filter(({ kind }) => kind === 'call').length;
    expect(calls.applied + calls.failed + calls.unknown + calls.unfinished).toBe(followed);
  });
});
