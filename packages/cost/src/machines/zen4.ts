import type { CostMachine } from '../machine.ts';
import { estimate, fitted, measured, tied } from '../parameter.ts';
import { LOOKUP_TO_COMMIT, PROPORTIONS, REST_TO_COMMIT } from './proportions.ts';

const BATCH_COMMIT = fitted(15.87, 11.8, 19.9, '2 MiB folios whose pages alternate, read-write');

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
    xchg: fitted(21.56, 20.2, 22.9, '2 MiB folios, read-only; in user space 2.15 ns'),
    cmpxchg: measured(2.2, 2, 3, 'loop over a cached array in user space'),
    turn: estimate(6.3, 4.9, 7.2, 'as fitted on Zen 3'),
    batchTurn: tied('batchCommit', REST_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    batchCommit: BATCH_COMMIT,
    fastCommit: estimate(7.3, 0, 20, 'in proportion as fitted on Zen 3'),
    discovery: estimate(0, 0, 2, 'a test of the folio, predicted'),
    largeBatch: estimate(12, 4, 40, 'a call and the set-up of the comparison'),
    lookup: tied('batchCommit', LOOKUP_TO_COMMIT, BATCH_COMMIT, PROPORTIONS),
    lookupCold: fitted(11.92, 0, 28.7, '4 KiB pages'),
    paeTest: fitted(1.774, 0, 3.77, '2 MiB folios, read-write against read-only'),
    flushPage: estimate(100, 40, 150, 'INVLPG and its loop'),
    flushAll: estimate(200, 100, 300, 'a write to CR3'),
    fault: estimate(500, 350, 900, 'exception entry, walk, one compare-and-swap; a guest'),
    touch: estimate(15, 5, 40, 'a nested page walk, in part overlapped'),
  },
};
