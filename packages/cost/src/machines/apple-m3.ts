import type { CostMachine } from '../machine.ts';
import { estimate, fitted, tied } from '../parameter.ts';
import { LOOKUP_TO_COMMIT, PROPORTIONS, REST_TO_COMMIT } from './proportions.ts';

const BATCH_COMMIT = fitted(2.632, 0.691, 4.49, 'cover letter v5: T3 after against T3 before');

/** Apple M3 performance core: the machine of the cover letters of the batching series. */
export const APPLE_M3: CostMachine = {
  id: 'apple-m3',
  title: 'Apple M3, performance core',
  arch: 'arm64',
  ghz: 4.05,
  arm64: { tlbiRange: true, bbml2: false, repeatTlbi: false },
  note: 'The messages do not say whether Linux ran on the metal or as a guest.',
  parameters: {
    syscall: estimate(1600, 1000, 2500, 'a few thousand cycles of VMA work'),
    read: estimate(0.25, 0.2, 0.3, 'L1 stream, three or four loads in flight'),
    write: estimate(0.3, 0.2, 0.5, 'L1 stream'),
    xchg: estimate(3, 2, 4, 'SWP on an owned line, 8 to 16 cycles'),
    cmpxchg: estimate(4, 3, 5, 'CAS on an owned line, 12 to 20 cycles'),
    turn: fitted(16.37, 7.17, 22.5, 'cover letter v5: T3 before'),
    batchTurn: tied('batchCommit', REST_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    batchCommit: BATCH_COMMIT,
    fastCommit: estimate(1.5, 0, 8, 'half of batchCommit, no better and no worse than it'),
    discovery: estimate(0, 0, 1, 'a test of the folio, predicted'),
    largeBatch: estimate(10, 3, 30, 'a call and the set-up of the comparison'),
    lookup: tied('batchCommit', LOOKUP_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    lookupCold: estimate(40, 10, 90, 'memory latency, in part overlapped'),
    paeTest: estimate(0.6, 0.2, 2, 'a load of a prefetched line and a compare'),
    flush: fitted(324.7, 293, 356, 'cover letter v5: T2 before against T3 before'),
    flushPage: estimate(20, 10, 40, 'further TLBI behind the first'),
    fault: estimate(300, 200, 400, 'exception entry, walk, one compare-and-swap'),
    zeroing: estimate(51.2, 41, 68.3, '80 GB/s (60 to 100) of the 100 GB/s that the memory has'),
  },
};
