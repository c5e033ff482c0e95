import { makePte, PteTable, type Pte } from '@ptelab/pte';
import { raiseAccessFlags } from '../fault/access-flags.ts';
import { decidePteFault } from '../fault/decide-pte.ts';
import { decideUffdWp, decideWpFault } from '../fault/decide-wp.ts';
import { decideMarkerFault } from '../fault/marker.ts';
import { doNumaPage } from '../fault/numa.ts';
import { swapinOrder } from '../fault/swap.ts';
import { UnsupportedError } from '../unsupported.ts';
import { vmNormalPage } from '../vm-normal-page.ts';
import type { PredictedAccess } from './access.ts';
import { predictMissing } from './missing.ts';
import type { PageRun } from './prediction.ts';

/** More faults than this on one access mean that the model does not make progress. */
const MAX_FAULTS = 8;

function copyOf(table: PteTable): PteTable {
  const copy = new PteTable(table.base, table.length);
  copy.pfn.set(table.pfn);
  copy.bits.set(table.bits);
  return copy;
}

/** Pages whose bits changed from `before` to `after` in a way that counts. */
function changedRuns(
  before: PteTable,
  after: PteTable,
  counts: (before: number, after: number) => boolean,
): PageRun[] {
  const runs: { start: number; nr: number }[] = [];
  for (let i = 0; i < after.length; i++) {
    if (!counts(before.bits[i] ?? 0, after.bits[i] ?? 0)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.nr === after.base + i) last.nr++;
    else runs.push({ start: after.base + i, nr: 1 });
  }
  return runs;
}

const original: Pte = makePte();

/**
 * Faults of an access to a page that has a leaf table.
 *
 * What a fault does to entries alone is done, by the handler's own code, to a copy of the table: on
 * arm64 clearing a userfaultfd marker may unfold or fold a block, and the fault after that depends on
 * it. What happens to pages is only decided.
 */
export function predictSingle(access: PredictedAccess, table: PteTable): void {
  const { mm, vpn, kind } = access;
  const copy = copyOf(table);
  while (access.count <= MAX_FAULTS) {
    if (mm.system.arch.hardwareAccess(copy, vpn - copy.base, kind) === 'ok') return;
    if (predictFault(access, copy) === 'done') return;
  }
  throw new Error(`${kind} of page ${vpn} still faults after ${MAX_FAULTS} faults`);
}

function predictFault(access: PredictedAccess, table: PteTable): 'again' | 'done' {
  const { mm, vma, vpn, write } = access;
  const { arch } = mm.system;
  const index = vpn - table.base;
  arch.ptepGet(mm, table, index, original);
  switch (decidePteFault(mm, original, write)) {
    case 'missing':
      predictMissing(access, table, false);
      return 'done';
    case 'absent':
      return predictAbsent(access, table);
    case 'numa-hint': {
      const before = copyOf(table);
      doNumaPage(mm, vma, table, index);
      const back = (was: number, is: number): boolean =>
        arch.pteProtnone(was) && !arch.pteProtnone(is);
      access.add('numa-hint', changedRuns(before, table, back));
      return 'again';
    }
    case 'access-flags': {
      const before = copyOf(table);
      raiseAccessFlags(mm, table, index, original, write);
      access.add(
        'access-flags',
        changedRuns(before, table, (was, is) => was !== is),
      );
      return 'again';
    }
    case 'write-protect':
      return predictWriteProtect(access, table);
  }
}

function predictWriteProtect(access: PredictedAccess, table: PteTable): 'again' | 'done' {
  const { mm, vma, vpn } = access;
  const { arch } = mm.system;
  const index = vpn - table.base;
  const uffdWp = decideUffdWp(mm, vma, original.bits);
  if (uffdWp === 'wait') {
    access.addOwn('uffd-wait');
    return 'done';
  }
  const decision = decideWpFault(mm, vma, vmNormalPage(mm, original));
  if (uffdWp === 'resolve') {
    original.bits = arch.pteClearUffdWp(original.bits);
    arch.setPtes(mm, table, index, original, 1);
    const current = makePte();
    arch.ptepGet(mm, table, index, current);
    const looksAgain = decision === 'copy' || decision === 'shared-notify';
    if (looksAgain && !arch.pteSame(current, original)) {
      access.add('uffd-resolve');
      return 'again';
    }
  }
  access.addOwn(decision, decision === 'copy' ? 0 : null);
  return 'done';
}

function predictAbsent(access: PredictedAccess, table: PteTable): 'again' | 'done' {
  const { mm, vma, vpn, write } = access;
  const { arch } = mm.system;
  const entry = arch.decodeNonPresent(original);
  if (entry.kind === 'swap') {
    const order = swapinOrder(mm, vma, vpn, table, entry);
    const nr = 2 ** order;
    const waits = write && entry.uffdWp && decideUffdWp(mm, vma, arch.pteMkuffdWp(0)) === 'wait';
    // A write goes on in the same fault; nobody else has the page, so that it is always kept.
    access.add(waits ? 'uffd-wait' : 'swap-in', [{ start: vpn - (vpn % nr), nr }], order);
    return 'done';
  }
  if (entry.kind !== 'marker') throw new UnsupportedError(`a fault on a ${entry.kind} entry`);
  switch (decideMarkerFault(vma, entry.offset)) {
    case 'SIGBUS':
      access.add('poisoned');
      return 'done';
    case 'SIGSEGV':
      access.add('guard');
      return 'done';
    case 'empty':
      access.add('stale-marker');
      arch.pteClear(mm, table, vpn - table.base);
      return 'again';
    case 'write-protected':
      return predictMarked(access, table);
  }
}

function predictMarked(access: PredictedAccess, table: PteTable): 'again' | 'done' {
  const { mm, vpn } = access;
  const left = predictMissing(access, table, true);
  if (left === null) return 'done';
  mm.system.arch.setPtes(mm, table, vpn - table.base, left, 1);
  return 'again';
}
