import type { Arch, FlushRange, MmContext, Pte, PteTable } from '@ptelab/pte';
import type { CallLog } from './call-log.ts';
import { overrideArch } from './override-arch.ts';

/** An architecture whose page-table operations are watched. */
export interface ObservedArch {
  readonly arch: Arch;
  readonly log: CallLog;
  /** Virtual page of slot 0: what the log counts from. */
  base: number;
  /** True if a store hits every writable entry between its read and its start. */
  race: boolean;
}

/**
 * Wraps an architecture so that a judge sees what a strategy asks of it, without a trace's cost.
 *
 * With `race` set, hardware marks writable entries dirty at the last moment: after the walk has read
 * them, before they are started. A strategy must build on what the start returns.
 */
export function observeArch(inner: Arch, log: CallLog): ObservedArch {
  const slotOf = (table: PteTable, index: number): number => table.base + index - observed.base;

  const store = (table: PteTable, index: number, nr: number): void => {
    log.raced = true;
    for (let i = index; i < index + nr && i < table.length; i++) {
      inner.hardwareAccess(table, i, 'write');
    }
  };

  const arch = overrideArch(inner, {
    ptepGet(mm: MmContext, table: PteTable, index: number, out: Pte): void {
      if (index < 0 || index >= table.length) log.blame(`reads entry ${index} of a table`);
      log.read(slotOf(table, index));
      inner.ptepGet(mm, table, index, out);
    },
    modifyProtStart(mm: MmContext, table: PteTable, index: number, nr: number, out: Pte): void {
      if (!(nr >= 1)) log.blame(`starts ${nr} entries`);
      if (index + nr > table.length) log.blame(`starts entry ${index + nr - 1} of a table`);
      log.start(slotOf(table, index), nr);
      if (observed.race) store(table, index, nr);
      inner.modifyProtStart(mm, table, index, nr, out);
    },
    modifyProtCommit(mm, table, index, old, new_, nr): void {
      log.commit(slotOf(table, index), nr, old, new_);
      inner.modifyProtCommit(mm, table, index, old, new_, nr);
    },
    flushTlbRange(mm: MmContext, range: FlushRange): void {
      log.flush(range.start - observed.base, range.end - observed.base);
      inner.flushTlbRange(mm, range);
    },
    flushTlbMm(mm: MmContext): void {
      log.flush(-Infinity, Infinity);
      inner.flushTlbMm(mm);
    },
  });
  const observed: ObservedArch = { arch, log, base: 0, race: false };
  return observed;
}
