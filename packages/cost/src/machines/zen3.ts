import type { CostMachine } from '../machine.ts';
import { estimate, fitted, tied } from '../parameter.ts';
import { LOOKUP_TO_COMMIT, PROPORTIONS, REST_TO_COMMIT } from './proportions.ts';

const BATCH_COMMIT = fitted(14.02, 12.7, 14.8, 'L. Yang, 13 Feb 2026: 6.17-rc1, 400 KiB');

/** AMD EPYC Milan: the machine on which the cost for single pages was first reported. */
export const ZEN3: CostMachine = {
  id: 'zen3',
  title: 'AMD EPYC 7003 (Zen 3, Milan)',
  arch: 'x86-64',
  ghz: 3.5,
  note: 'Return-thunk mitigations make every call that is not inlined dear on these cores.',
  parameters: {
    syscall: fitted(1673, 1630, 1710, 'L. Yang, 13 Feb 2026: 6.16, 4 to 4000 KiB'),
    read: estimate(0.41, 0.3, 0.5, 'as measured on a Zen 4 core'),
    write: estimate(0.43, 0.3, 0.6, 'as measured on a Zen 4 core'),
    xchg: estimate(2.2, 2, 3, '8 cycles, as measured on a Zen 4 core'),
    cmpxchg: estimate(2.3, 2, 3, 'as measured on a Zen 4 core'),
    turn: fitted(6.277, 4.87, 7.18, 'L. Yang, 13 Feb 2026: 6.16, 4 to 4000 KiB'),
    batchTurn: tied('batchCommit', REST_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    batchCommit: BATCH_COMMIT,
    fastCommit: fitted(6.442, 4.35, 8.22, 'P. Falcato, 2 Apr 2026: 85967 -> 70684 ns'),
    discovery: estimate(0, 0, 2, 'a test of the folio, predicted'),
    largeBatch: estimate(12, 4, 40, 'a call and the set-up of the comparison'),
    lookup: tied('batchCommit', LOOKUP_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    lookupCold: estimate(40, 10, 90, 'memory latency, in part overlapped'),
    paeTest: estimate(1, 0.3, 3, 'a load of a prefetched line and a compare'),
    flushPage: fitted(45.44, 33.5, 57.4, 'L. Yang, 13 Feb 2026: 6.16, 4 and 40 KiB'),
    flushAll: fitted(148.2, 0, 339, 'L. Yang, 13 Feb 2026: 6.16, 400 and 4000 KiB'),
    fault: estimate(380, 250, 500, 'exception entry, walk, one compare-and-swap'),
    touch: estimate(8, 4, 20, 'a page walk in the L2 cache, in part overlapped'),
  },
};
