import type { CostMachine } from '../machine.ts';
import { estimate } from '../parameter.ts';

/** AmpereOne: changes contiguous bits without break-before-make. */
export const AMPEREONE: CostMachine = {
  id: 'ampereone',
  title: 'AmpereOne, with BBML2',
  arch: 'arm64',
  ghz: 3,
  arm64: { tlbiRange: true, bbml2: true, repeatTlbi: false },
  note: 'No mprotect figure of this CPU was published: all prices are estimates.',
  parameters: {
    syscall: estimate(1900, 1200, 3000, 'a few thousand cycles of VMA work'),
    read: estimate(0.35, 0.3, 0.5, 'L1 stream, one load a cycle'),
    write: estimate(0.5, 0.35, 0.8, 'L1 stream'),
    xchg: estimate(5, 3, 8, 'SWP on an owned line, 9 to 24 cycles'),
    cmpxchg: estimate(6.5, 4, 10, 'CAS on an owned line'),
    turn: estimate(28, 17, 50, 'between an M3 and a Neoverse N1'),
    batchTurn: estimate(2, 0, 6, 'between an M3 and a Neoverse N1'),
    batchCommit: estimate(6, 2, 12, 'between an M3 and a Neoverse N1'),
    fastCommit: estimate(3, 0, 12, 'half of batchCommit, no better and no worse than it'),
    discovery: estimate(0, 0, 1, 'a test of the folio, predicted'),
    largeBatch: estimate(18, 5, 50, 'a call and the set-up of the comparison'),
    lookup: estimate(6, 2, 12, 'a load of a prefetched line and some arithmetic'),
    lookupCold: estimate(60, 20, 110, 'memory latency, in part overlapped'),
    paeTest: estimate(1.2, 0.5, 3, 'a load of a prefetched line and a compare'),
    flush: estimate(600, 300, 1000, 'broadcast; grows with cores and mesh'),
    flushPage: estimate(35, 20, 60, 'further TLBI behind the first'),
    fault: estimate(550, 350, 800, 'exception entry, walk, one compare-and-swap'),
  },
};
