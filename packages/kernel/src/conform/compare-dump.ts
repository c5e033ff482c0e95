import { HugePmd } from '@ptelab/mm';
import { makePte, PteTable, rawHex } from '@ptelab/pte';
import { STORY_BASE_VPN, type Story } from '@ptelab/scenario';
import type { DumpStep } from '../recording/types.ts';
import type { Difference } from './compare-calls.ts';
import { pmdIndexInDump } from './load-dump.ts';
import { recordedPage } from './dump-pages.ts';

/** What a comparison of page tables covered. */
export interface DumpComparison {
  readonly ptes: number;
  readonly paeFlags: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares every raw entry and every PageAnonExclusive flag of a dump with the model, frame numbers
 * included: the model's state was set from an earlier dump.
 */
export function compareDump(story: Story, dump: DumpStep): DumpComparison {
  const { mm, system } = story;
  const differences: Difference[] = [];
  let ptes = 0;
  let paeFlags = 0;
  const pte = makePte();
  for (const [i, raw] of dump.pte.entries()) {
    const vpn = STORY_BASE_VPN + dump.off + i;
    const pmd = mm.pmd(vpn);
    const firstOfPmd = i === 0 || vpn % mm.pmdPages === 0;
    if (pmd instanceof HugePmd && firstOfPmd) {
      ptes++;
      const expected = dump.pmd[pmdIndexInDump(mm, dump, i)] ?? 'none';
      const found = rawHex(pmd.entry);
      if (expected !== found) differences.push({ what: `pmd ${dump.off + i}`, expected, found });
    }
    let found: string | null = null;
    if (pmd instanceof PteTable) {
      pmd.peek(vpn - pmd.base, pte);
      found = rawHex(pte);
    }
    ptes++;
    if (found !== raw) {
      const what = `pte ${dump.off + i}`;
      differences.push({ what, expected: raw ?? 'no table', found: found ?? 'no table' });
    }
    const page = recordedPage(dump, i);
    if (page === null || !system.memmap.isAnon(page.pfn)) continue;
    paeFlags++;
    const exclusive = system.memmap.anonExclusive(page.pfn);
    if (exclusive === page.anonExclusive) continue;
    differences.push({
      what: `PageAnonExclusive ${dump.off + i}`,
      expected: String(page.anonExclusive),
      found: String(exclusive),
    });
  }
  return { ptes, paeFlags, differences };
}
