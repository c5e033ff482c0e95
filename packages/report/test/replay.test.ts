import type { Cost } from '@ptelab/cost';
import type { CallCounts, Replay, ReplaySite, ReplayTally, StraceLog } from '@ptelab/kernel';
import { makeEvents } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { renderReplay, type PricedReplay } from '../src/index.ts';

const none: CallCounts = {
  lines: 0,
  calls: 0,
  succeeded: 0,
  failed: 0,
  unknown: 0,
  unfinished: 0,
  withoutBeginning: 0,
};
const log: StraceLog = {
  source: 'vm.strace',
  lines: {
    total: 9,
    memory: 5,
    process: 1,
    other: 0,
    resumed: 1,
    signals: 0,
    exits: 0,
    frames: 0,
    notices: 0,
    cut: 1,
    unparsable: 1,
  },
  calls: new Map([
    ['mprotect', { ...none, lines: 6, calls: 5, succeeded: 3, failed: 1, unfinished: 1 }],
    ['execve', { ...none, lines: 1, calls: 1, succeeded: 1 }],
  ]),
  events: [],
  unparsable: [{ line: 3, text: '"what"' }],
  unfinished: [{ line: 8, text: '"mprotect"' }],
  cut: { line: 9, text: '"1 mpro"' },
};

const some: ReplayTally = {
  calls: 3,
  pages: 48,
  changed: 32,
  entries: 32,
  loggedNs: 12_000,
  events: { ...makeEvents(), batches: 4, flushCalls: 2 },
};
const tally: ReplayTally = {
  ...some,
  calls: 1,
  pages: 16,
  changed: 0,
  entries: 0,
  events: makeEvents(),
};
const site: ReplaySite = {
  ...some,
  program: 'vm',
  pid: null,
  from: 'rw',
  to: 'r',
  mostBytes: 65_536,
  frame: null,
};
const other: ReplaySite = { ...site, ...tally, program: null, pid: 12, from: 'unknown', to: 'rx' };
const replay: Replay = {
  machine: { arch: 'arm64', kernel: '6.17', strategy: 'merged' },
  folioOrders: [4, 9],
  touch: 'first',
  calls: { applied: 4, failed: 1, unknown: 0, unfinished: 1 },
  total: some,
  sites: [other, site],
  processes: [{ ...some, pid: 11, program: 'vm' }],
  ranges: [{ ...some, pid: 11, program: 'vm', start: '0x7f0000000000', bytes: 69_632 }],
  sizes: [{ ...some, mostBytes: 131_072 }],
  spaces: 2,
  unknownBeginnings: 1,
  unknownMemory: [{ call: 'mprotect', mappings: 1, pages: 3 }],
  written: { pages: 32, faults: 2 },
  notModelled: { mlock: 2 },
  mismatches: 1,
  firstMismatches: [{ line: 4, call: 'mprotect', expected: 'success', found: 'EACCES' }],
};

function cost(ns: number): Cost {
  const time = (likely: number): Cost['total'] => ({ low: likely, likely, high: likely });
  return {
    machine: 'apple-m3',
    total: time(ns),
    parts: [
      { name: 'syscall', ns: time(ns / 2) },
      { name: 'commit', ns: time(ns / 8) },
      { name: 'xchg', ns: time(ns / 8) },
      { name: 'TLB flush', ns: time(ns / 4) },
    ],
  };
}
const priced: PricedReplay = {
  replay,
  total: cost(5000),
  sites: [cost(1000), cost(4000)],
  processes: [cost(5000)],
  ranges: [cost(5000)],
  sizes: [cost(5000)],
};
const slower: PricedReplay = {
  ...priced,
  replay: { ...replay, folioOrders: [] },
  total: cost(7000),
  sites: [cost(1000), cost(6000)],
};

it.each(['text', 'markdown'] as const)('writes a replay as %s', async (format) => {
  const text = renderReplay(log, [priced, slower], 10, { format });
  await expect(text).toMatchFileSnapshot(`snapshots/replay-${format}.txt`);
});

it('says how many rows are left out, and names a frame where there is one', () => {
  const traced = { ...replay, sites: [other, { ...site, mostBytes: null, frame: 'vm(seal+0x5)' }] };
  const text = renderReplay(log, [{ ...priced, replay: traced }], 1);
  expect(text).toMatch(/^vm {7}rw > r {2}vm\(seal\+0x5\) +3 +48 +32 +8 +2$/m);
  expect(text).toContain('and 1 more sites; --top shows more');
  expect(text).not.toContain('on every machine');
});

it('prices nothing if nothing was called', () => {
  const idle = { ...priced, replay: { ...replay, total: { ...tally, calls: 0 } } };
  const text = renderReplay(log, [idle], 10);
  expect(text).toContain('no mprotect call succeeded: nothing to price\n');
  expect(text).not.toContain('Call sites');
});
