import type { CostMachine } from '../machine.ts';
import { estimate, fitted } from '../parameter.ts';

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
    turn: fitted(7.618, 6.27, 8.07, 'nine points: parent'),
    batchTurn: fitted(0.9, 0.688, 1.11, 'nine points: what no probe accounts for'),
    batchCommit: fitted(3.042, 2.82, 3.21, 'nine points: single commits'),
    fastCommit: estimate(3, 0, 6, 'as batchCommit: nothing saved on shared memory'),
    discovery: fitted(0, 0, 0.191, 'nine points: no batch discovery'),
    largeBatch: estimate(6, 2, 20, 'a call and the set-up of the comparison'),
    lookup: fitted(3.143, 2.92, 3.31, 'nine points: no folio lookup'),
    lookupCold: estimate(35, 10, 80, 'memory latency, in part overlapped'),
    paeTest: estimate(0.6, 0.2, 2, 'a load of a prefetched line and a compare'),
    flushPage: estimate(60, 30, 150, 'INVLPG and its loop'),
    flushAll: estimate(150, 80, 300, 'a write to CR3'),
    fault: estimate(400, 300, 700, 'exception entry, walk, one compare-and-swap'),
    touch: fitted(11.6, 11.4, 11.8, 'touch alone, 21 Jul 2026'),
  },
};
