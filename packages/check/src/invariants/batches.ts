import { makePte } from '@ptelab/pte';
import { contBit, fixedBits } from '../call/entry-bits.ts';
import type { Invariant } from './invariant.ts';

const first = makePte();
const pte = makePte();

export const commitOrder: Invariant = {
  name: 'commit-order',
  rule: 'Started entries are committed in order, each once, before anything reads or flushes them.',
  reason: 'Between start and commit an entry reads as empty; whoever looks loses the mapping.',
  severity: 'safety',
  check({ log }) {
    if (log.misuse !== null) return { slot: null, text: log.misuse };
    if (log.pendingTo <= log.pendingFrom) return null;
    return { slot: log.pendingFrom, text: 'was started and never committed' };
  },
};

export const batchBounds: Invariant = {
  name: 'batch-bounds',
  rule: 'No batch leaves the range of the call.',
  reason: 'The VMA, the lock and the table end there.',
  severity: 'safety',
  check({ log, from, to }) {
    for (const { slot, nr } of log.starts) {
      if (slot >= from && slot + nr <= to) continue;
      return { slot, text: `starts a batch of ${nr}, the range is ${from} to ${to - 1}` };
    }
    return null;
  },
};

export const batchesCoverPresent: Invariant = {
  name: 'batch-entries',
  rule: 'A batch holds present entries with a struct page, unless it is a single entry.',
  reason: 'Empty, swapped and special entries have no folio to batch over.',
  severity: 'safety',
  check({ arch, before, log }) {
    for (const { slot: start, nr } of log.starts) {
      for (let slot = start; slot < start + nr; slot++) {
        const bits = before.at(slot);
        if (!arch.ptePresent(bits)) return { slot, text: 'is in a batch and not present' };
        if (nr > 1 && arch.pteSpecial(bits)) return { slot, text: 'is in a batch and special' };
      }
    }
    return null;
  },
};

export const folioBounds: Invariant = {
  name: 'folio-bounds',
  rule: 'A batch maps consecutive pages of one folio.',
  reason: 'What is decided from the first page holds for its folio only.',
  severity: 'safety',
  check({ arch, before, pages, log }) {
    for (const { slot: start, nr } of log.starts) {
      before.read(start, first);
      for (let i = 1; i < nr; i++) {
        before.read(start + i, pte);
        if (pages.head[start + i] !== pages.head[start]) {
          return { slot: start + i, text: 'is in a batch that began in another folio' };
        }
        if (arch.ptePfn(pte) !== arch.ptePfn(first) + i) {
          return { slot: start + i, text: 'is in a batch, and its page is not the next' };
        }
      }
    }
    return null;
  },
};

export const uniformBatch: Invariant = {
  name: 'uniform-batch',
  rule: 'The entries of a batch agree in all but accessed and dirty.',
  reason: 'One decision and one flush test are made for all of them, from the first.',
  severity: 'quality',
  check({ arch, before, log }) {
    const cont = contBit(arch);
    for (const { slot: start, nr } of log.starts) {
      const bits = before.at(start);
      for (let slot = start + 1; slot < start + nr; slot++) {
        const other = before.at(slot);
        const differs =
          arch.pteWrite(bits) !== arch.pteWrite(other)
            ? 'write'
            : arch.pteSoftDirty(bits) !== arch.pteSoftDirty(other)
              ? 'soft-dirty'
              : fixedBits(arch, cont, bits) !== fixedBits(arch, cont, other)
                ? 'other bits'
                : null;
        if (differs !== null) {
          return { slot, text: `differs in ${differs} from the first entry of its batch` };
        }
      }
    }
    return null;
  },
};
