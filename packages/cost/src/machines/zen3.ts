import type { CostMachine } from '../machine.ts';
import { estimate } from '../parameter.ts';

/** AMD EPYC Milan: the machine on which the cost for single pages was first reported. */
export const ZEN3: CostMachine = {
  id: 'zen3',
  title: 'AMD EPYC 7003 (Zen 3, Milan)',
  arch: 'x86-64',
  ghz: 3.5,
  note: 'Return-thunk mitigations make every call that is not inlined dear on these cores.',
  parameters: {
    syscall: estimate(1700, 1200, 2200, 'a few thousand cycles of VMA work'),
    read: estimate(0.41, 0.3, 0.5, 'as measured on a Zen 4 core'),
    write: estimate(0.43, 0.3, 0.6, 'as measured on a Zen 4 core'),
    xchg: estimate(2.2, 2, 3, '8 cycles, as measured on a Zen 4 core'),
    cmpxchg: estimate(2.3, 2, 3, 'as measured on a Zen 4 core'),
    turn: estimate(11, 5, 15, 'some 40 cycles of dependent work'),
    batchTurn: estimate(4, 0, 10, 'calls that are not inlined'),
    batchCommit: estimate(13, 5, 22, 'calls that are not inlined'),
    fastCommit: estimate(6, 0, 22, 'half of batchCommit'),
    discovery: estimate(0, 0, 2, 'a test of the folio, predicted'),
    largeBatch: estimate(12, 4, 40, 'a call and the set-up of the comparison'),
    lookup: estimate(13, 4, 22, 'a call, a load of a prefetched line'),
    lookupCold: estimate(40, 10, 90, 'memory latency, in part overlapped'),
    paeTest: estimate(1, 0.3, 3, 'a load of a prefetched line and a compare'),
    flushPage: estimate(100, 40, 150, 'INVLPG and its loop'),
    flushAll: estimate(200, 100, 300, 'a write to CR3'),
    fault: estimate(380, 250, 500, 'exception entry, walk, one compare-and-swap'),
    touch: estimate(8, 4, 20, 'a page walk in the L2 cache, in part overlapped'),
  },
};
