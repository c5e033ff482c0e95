import type { CostMachine } from '../machine.ts';
import { estimate } from '../parameter.ts';

/** Intel i7-12700KF: the machine on which the cost for single pages was taken apart. */
export const ALDER_LAKE: CostMachine = {
  id: 'alder-lake',
  title: 'Intel i7-12700KF (Alder Lake), performance core, no turbo',
  arch: 'x86-64',
  ghz: 3.6,
  note: 'Measured without preemption and without turbo, on shared memory.',
  parameters: {
    syscall: estimate(1200, 800, 2000, 'a few thousand cycles of VMA work'),
    read: estimate(0.3, 0.25, 0.5, 'L1 stream'),
    write: estimate(0.4, 0.3, 0.6, 'L1 stream'),
    xchg: estimate(5.2, 4.8, 6.5, 'LOCK XCHG on an owned line, 18 to 20 cycles'),
    cmpxchg: estimate(5.2, 4.8, 6.5, 'LOCK CMPXCHG on an owned line'),
    turn: estimate(7, 4, 12, 'some 25 cycles'),
    batchTurn: estimate(1, 0, 3, 'a few instructions'),
    batchCommit: estimate(3, 1, 6, 'calls and loops that one entry does not need'),
    fastCommit: estimate(3, 0, 6, 'between nothing saved and everything saved'),
    discovery: estimate(0, 0, 1, 'a test of the folio, predicted'),
    largeBatch: estimate(6, 2, 20, 'a call and the set-up of the comparison'),
    lookup: estimate(3, 1, 6, 'a load of a prefetched line and some arithmetic'),
    lookupCold: estimate(35, 10, 80, 'memory latency, in part overlapped'),
    paeTest: estimate(0.6, 0.2, 2, 'a load of a prefetched line and a compare'),
    flushPage: estimate(60, 30, 150, 'INVLPG and its loop'),
    flushAll: estimate(150, 80, 300, 'a write to CR3'),
    fault: estimate(400, 300, 700, 'exception entry, walk, one compare-and-swap'),
    touch: estimate(11, 6, 20, 'a page walk in the L2 cache'),
  },
};
