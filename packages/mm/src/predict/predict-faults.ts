import { makePte, PteTable, type AccessKind, type Pte } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import { accessAllowed } from '../fault/access-allowed.ts';
import { decideEmptyPmd, decideHugePmdFault } from '../fault/decide-huge.ts';
import { doHugePmdNumaPage } from '../fault/numa.ts';
import { HugePmd } from '../huge/huge-pmd.ts';
import { UnsupportedError } from '../unsupported.ts';
import { PredictedAccess, predictionOf } from './access.ts';
import { predictMissing } from './missing.ts';
import type { FaultPrediction } from './prediction.ts';
import { predictSingle } from './single.ts';

/** Runs what only looks, and leaves no trace of it in the counters or in the TLB. */
function quietly<T>(mm: AddressSpace, look: () => T): T {
  const { trace, tlb } = mm;
  const events = { ...mm.events };
  mm.trace = null;
  mm.tlb = null;
  try {
    return look();
  } finally {
    mm.trace = trace;
    mm.tlb = tlb;
    Object.assign(mm.events, events);
  }
}

const probed: Pte = makePte();

/** True if the CPU gets through a leaf table; `probe` is a table to try that in. */
function passes(
  mm: AddressSpace,
  table: PteTable,
  vpn: number,
  kind: AccessKind,
  probe: PteTable,
): boolean {
  const index = vpn - table.base;
  table.peek(index, probed);
  probe.poke(index, probed);
  return mm.system.arch.hardwareAccess(probe, index, kind) === 'ok';
}

/** Faults of an access through an empty PMD. */
function predictEmptyPmd(access: PredictedAccess): void {
  const { mm, vma, vpn, write } = access;
  const decision = decideEmptyPmd(mm, vma, vpn, write);
  if (decision === 'single') {
    predictMissing(access, undefined, false);
    return;
  }
  const order = decision === 'huge-new' ? mm.system.thp.pmdOrder : null;
  access.add(decision, [{ start: mm.pmdBase(vpn), nr: mm.pmdPages }], order);
}

/** Faults of an access through a huge mapping. */
function predictHuge(access: PredictedAccess, mapped: HugePmd): void {
  const { mm, vma, kind, write } = access;
  const { arch, memmap } = mm.system;
  const all = [{ start: mapped.base, nr: mm.pmdPages }];
  const pmd = new HugePmd(mapped.base, { ...mapped.entry });
  while (arch.hardwareAccessPmd(pmd.entry, kind) !== 'ok') {
    const decision = decideHugePmdFault(mm, vma, pmd, write);
    switch (decision) {
      case 'migration':
        throw new UnsupportedError('a fault on a huge migration entry');
      case 'uffd-resolve':
        throw new UnsupportedError('predicting the split of a huge page that userfaultfd protects');
      case 'numa-hint':
        doHugePmdNumaPage(mm, vma, pmd);
        access.add('numa-hint', all);
        continue;
      case 'huge-zero-write':
        // Without a huge page to be had, the zero pages are copied one by one.
        if (decideEmptyPmd(mm, vma, pmd.base, true) === 'single') access.addOwn('copy', 0);
        else access.add('huge-new', all, mm.system.thp.pmdOrder);
        return;
      case 'split':
        // A folio that someone else holds is copied; one of a file is mapped anew.
        if (memmap.isAnon(arch.pmdPfn(pmd.entry))) access.addOwn('copy', 0);
        else predictMissing(access, undefined, false);
        return;
      case 'access-flags':
      case 'huge-reuse':
      case 'uffd-wait':
        access.add(decision, all);
        return;
    }
  }
}

function predictPage(
  mm: AddressSpace,
  vpn: number,
  kind: AccessKind,
  probe: PteTable,
): FaultPrediction {
  const pmd = mm.pmd(vpn);
  if (pmd instanceof PteTable && passes(mm, pmd, vpn, kind, probe)) return predictionOf(vpn, []);
  if (pmd instanceof HugePmd && mm.system.arch.hardwareAccessPmd({ ...pmd.entry }, kind) === 'ok') {
    return predictionOf(vpn, []);
  }
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined || !accessAllowed(mm, vma, kind)) {
    return predictionOf(vpn, [{ effect: 'segv', order: null, pages: [] }]);
  }
  const access = new PredictedAccess(mm, vma, vpn, kind);
  if (pmd instanceof PteTable) predictSingle(access, pmd);
  else if (pmd instanceof HugePmd) predictHuge(access, pmd);
  else predictEmptyPmd(access);
  return access.result();
}

/**
 * Says for each of `nr` pages from `vpn` on what touching it next would do: how often it faults and
 * what the faults do. Each page is looked at on its own, from the state as it is; nothing changes.
 *
 * The page tables decide; translations that a TLB still holds may add or spare faults. Allocations are
 * taken to succeed. Where a synchronous userfaultfd decides what comes next, the
 * prediction ends with `uffd-wait`.
 *
 * @throws UnsupportedError where the fault itself would.
 */
export function predictFaults(
  mm: AddressSpace,
  vpn: number,
  nr: number,
  kind: 'read' | 'write',
): FaultPrediction[] {
  const probe = new PteTable(0, mm.pmdPages);
  return quietly(mm, () =>
    Array.from({ length: nr }, (_, i) => predictPage(mm, vpn + i, kind, probe)),
  );
}
