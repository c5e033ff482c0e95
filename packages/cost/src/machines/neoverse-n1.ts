import type { CostMachine } from '../machine.ts';
import { estimate } from '../parameter.ts';

/** Ampere Altra: Arm Neoverse N1, up to 128 cores on a mesh. */
export const NEOVERSE_N1: CostMachine = {
  id: 'neoverse-n1',
  title: 'Ampere Altra (Arm Neoverse N1)',
  arch: 'arm64',
  ghz: 3,
  arm64: { tlbiRange: false, bbml2: false, repeatTlbi: true },
  note: 'No mprotect figure of this CPU was published: all prices are estimates.',
  parameters: {
    syscall: estimate(2200, 1500, 3000, 'a few thousand cycles of VMA work'),
    read: estimate(0.35, 0.3, 0.5, 'L1 stream, one load a cycle'),
    write: estimate(0.5, 0.35, 0.8, 'L1 stream'),
    xchg: estimate(5, 3, 8, 'SWP on an owned line, 9 to 24 cycles'),
    cmpxchg: estimate(6.5, 4, 10, 'CAS on an owned line'),
    turn: estimate(34, 20, 55, 'twice the time of an M3: lower clock, narrower core'),
    batchTurn: estimate(2, 0, 6, 'twice the time of an M3'),
    batchCommit: estimate(7, 3, 14, 'twice the time of an M3'),
    fastCommit: estimate(3.5, 0, 14, 'half of batchCommit, no better and no worse than it'),
    discovery: estimate(0, 0, 1, 'a test of the folio, predicted'),
    largeBatch: estimate(20, 6, 60, 'a call and the set-up of the comparison'),
    lookup: estimate(7, 3, 14, 'a load of a prefetched line and some arithmetic'),
    lookupCold: estimate(60, 20, 110, 'memory latency, in part overlapped'),
    paeTest: estimate(1.2, 0.5, 3, 'a load of a prefetched line and a compare'),
    flush: estimate(800, 400, 1500, 'broadcast; grows with cores and mesh'),
    flushPage: estimate(35, 20, 60, 'further TLBI behind the first'),
    fault: estimate(600, 400, 800, 'exception entry, walk, one compare-and-swap'),
    touch: estimate(12, 6, 25, 'a page walk in the L2 cache, in part overlapped'),
  },
};
