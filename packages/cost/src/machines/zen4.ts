import type { CostMachine } from '../machine.ts';
import { estimate, measured } from '../parameter.ts';

/** A virtual machine on AMD EPYC Genoa: the prices of a guest with nested paging and scattered frames. */
export const ZEN4: CostMachine = {
  id: 'zen4',
  title: 'AMD EPYC 9004 (Zen 4), KVM guest on a shared host',
  arch: 'x86-64',
  ghz: 3.7,
  note: 'A guest: repeated measurements of 4 KiB pages differ by a quarter.',
  parameters: {
    syscall: estimate(1500, 1000, 2200, 'a few thousand cycles of VMA work'),
    read: measured(0.41, 0.35, 0.5, 'loop over a cached array in user space'),
    write: measured(0.43, 0.35, 0.6, 'loop over a cached array in user space'),
    xchg: measured(2.15, 2, 3, 'loop over a cached array in user space: 8 cycles'),
    cmpxchg: measured(2.2, 2, 3, 'loop over a cached array in user space'),
    turn: estimate(11, 5, 15, 'as on Zen 3'),
    batchTurn: estimate(4, 0, 10, 'as on Zen 3'),
    batchCommit: estimate(13, 5, 22, 'as on Zen 3'),
    fastCommit: estimate(6, 0, 22, 'half of batchCommit'),
    discovery: estimate(0, 0, 2, 'a test of the folio, predicted'),
    largeBatch: estimate(12, 4, 40, 'a call and the set-up of the comparison'),
    lookup: estimate(13, 4, 22, 'as on Zen 3'),
    lookupCold: estimate(25, 5, 60, 'memory latency under nested paging, in part overlapped'),
    paeTest: estimate(1, 0.3, 3, 'a load of a prefetched line and a compare'),
    flushPage: estimate(100, 40, 150, 'INVLPG and its loop'),
    flushAll: estimate(200, 100, 300, 'a write to CR3'),
    fault: estimate(500, 350, 900, 'exception entry, walk, one compare-and-swap; a guest'),
    touch: estimate(15, 5, 40, 'a nested page walk, in part overlapped'),
  },
};
