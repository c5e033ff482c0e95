import { canChangePteWritable, folioCanMapProtNuma, vmNormalPage } from '@ptelab/mm';
import type { Pte } from '@ptelab/pte';
import type { PteRange } from '../pte-range.ts';
import { defineStrategy, type Strategy } from '../strategy.ts';

/** True if the NUMA scanner leaves the entry alone. */
function protNumaSkip({ arch, mm, vma }: PteRange, pte: Readonly<Pte>): boolean {
  if (arch.pteProtnone(pte.bits)) return true;
  return !folioCanMapProtNuma(mm, vma, vmNormalPage(mm, pte));
}

/** One entry at a time: every kernel up to 6.16. */
export const perPte: Strategy = defineStrategy({
  name: 'per-pte',
  summary: 'one entry at a time, as up to 6.16',
  source: 'mm/mprotect.c change_pte_range (6.12, 6.16)',

  changePresentPtes(range, index, pte) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    if (range.protNuma && protNumaSkip(range, pte)) return 1;
    arch.modifyProtStart(mm, table, index, 1, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (
      range.tryChangeWritable &&
      !arch.pteWrite(new_.bits) &&
      canChangePteWritable(mm, vma, range.vpn(index), new_)
    ) {
      new_.bits = arch.pteMkwrite(new_.bits);
      mm.events.writeUpgrades++;
    }
    arch.modifyProtCommit(mm, table, index, old, new_, 1);
    if (arch.pteNeedsFlush(old, new_)) range.gather.flushPteRange(range.vpn(index), 1);
    range.pages++;
    return 1;
  },
});
