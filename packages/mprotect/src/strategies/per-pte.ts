import { defineStrategy, type Strategy } from '../strategy.ts';
import { canChangePteWritable } from '../writable.ts';

/** One entry at a time: every kernel up to 6.16. */
export const perPte: Strategy = defineStrategy({
  name: 'per-pte',
  summary: 'one entry at a time, as up to 6.16',
  source: 'mm/mprotect.c change_pte_range (6.12, 6.16)',

  changePresentPtes(range, index) {
    const { arch, mm, vma, table, old, new: new_ } = range;
    arch.modifyProtStart(mm, table, index, 1, old);
    arch.pteModify(old, range.newprot, new_);
    new_.bits = range.applyUffd(new_.bits);
    if (
      range.tryChangeWritable &&
      !arch.pteWrite(new_.bits) &&
      canChangePteWritable(mm, vma, range.vpn(index), new_)
    ) {
      new_.bits = arch.pteMkwrite(new_.bits);
    }
    arch.modifyProtCommit(mm, table, index, old, new_, 1);
    if (arch.pteNeedsFlush(old, new_)) range.gather.flushPteRange(range.vpn(index), 1);
    range.pages++;
    return 1;
  },
});
