import { isCowMapping, type AddressSpace, type System } from '@ptelab/mm';
import { makePte } from '@ptelab/pte';
import { STORY_BASE_VPN } from '@ptelab/scenario';
import type { Finding } from '../invariants/invariant.ts';

/** A rule that holds for all page tables at any time, whatever the last call was. */
export interface SpaceInvariant {
  readonly name: string;
  readonly rule: string;
  readonly reason: string;
}

export const ONE_WRITER: SpaceInvariant = {
  name: 'one-writer',
  rule: 'A writable entry of a private mapping maps an exclusive page, and nobody else maps that page.',
  reason: 'Processes that were forked apart would see each other write.',
};

/** Why a private mapping may not have a writable entry to this page, or null. */
function whyNotWritable({ memmap }: System, pfn: number): string | null {
  if (!memmap.isAnon(pfn)) return 'its page is not anonymous';
  const head = memmap.folioHead(pfn);
  const section = memmap.section(head);
  const entire = section.frames.entireMapcount[head - section.base] ?? 0;
  if (!memmap.anonExclusive(entire > 0 ? head : pfn)) return 'its page is not exclusive';
  return memmap.mapcount(pfn) + entire > 1 ? 'others map its page' : null;
}

function judgeEntry(mm: AddressSpace, vpn: number, pfn: number, who: string): Finding | null {
  const vma = mm.vmas.lookup(vpn);
  if (vma === undefined || !isCowMapping(vma.flags)) return null;
  const why = whyNotWritable(mm.system, pfn);
  if (why === null) return null;
  const slot = vpn - STORY_BASE_VPN;
  return { invariant: ONE_WRITER.name, slot, text: `page ${slot} of ${who} is writable; ${why}` };
}

function judgeSpace(mm: AddressSpace, who: string): Finding | null {
  const { arch } = mm.system;
  const pte = makePte();
  for (const { base, entry } of mm.hugePmds()) {
    if (!arch.ptePresent(entry.bits) || !arch.pteWrite(entry.bits)) continue;
    const finding = judgeEntry(mm, base, arch.pmdPfn(entry), who);
    if (finding !== null) return finding;
  }
  for (const table of mm.tables()) {
    for (let index = 0; index < table.length; index++) {
      table.peek(index, pte);
      if (!arch.ptePresent(pte.bits) || !arch.pteWrite(pte.bits)) continue;
      const finding = judgeEntry(mm, table.base + index, arch.ptePfn(pte), who);
      if (finding !== null) return finding;
    }
  }
  return null;
}

/** Judges the page tables of all processes; returns the first broken rule. */
export function judgeSpaces(system: System, own: AddressSpace): Finding | null {
  for (const mm of system.spaces) {
    const finding = judgeSpace(mm, mm === own ? 'the process' : 'a child');
    if (finding !== null) return finding;
  }
  return null;
}
