import type { DumpedPage, PageDump, StepResult } from '@ptelab/scenario';
import { pageRange } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';

/** Pages whose entries follow from the first: same bits, consecutive frames. */
interface Stretch {
  readonly at: number;
  readonly first: DumpedPage;
  last: DumpedPage;
  pages: number;
}

/** Frames go up from page to page; down where x86-64 stores them inverted; empty entries are equal. */
const STEPS: readonly bigint[] = [4096n, -4096n, 0n];

function follows(page: DumpedPage, last: DumpedPage): boolean {
  const alike =
    page.folioOrder === last.folioOrder &&
    page.anonExclusive === last.anonExclusive &&
    page.mapcount === last.mapcount &&
    (page.pfn === null) === (last.pfn === null) &&
    (page.pfn === null || page.pfn - (last.pfn ?? 0) === 1);
  if (!alike) return false;
  if (page.pte === null || last.pte === null) return page.pte === last.pte;
  return STEPS.includes(BigInt(page.pte) - BigInt(last.pte));
}

function stretches(dump: PageDump): Stretch[] {
  const found: Stretch[] = [];
  for (const [i, page] of dump.pages.entries()) {
    const open = found.at(-1);
    if (open !== undefined && follows(page, open.last)) {
      open.last = page;
      open.pages++;
    } else found.push({ at: dump.at + i, first: page, last: page, pages: 1 });
  }
  return found;
}

const EMPTY = '0x0000000000000000';

function entryText({ pte, pfn }: DumpedPage): string {
  if (pte === null) return pfn === null ? 'no table' : 'huge mapping';
  return pte === EMPTY ? 'empty' : pte;
}

function hex(value: number | null): string {
  return value === null ? '' : `0x${value.toString(16)}`;
}

function yesNo(value: boolean | null): string {
  return value === null ? '' : value ? 'yes' : 'no';
}

/** Writes the page tables that a dump step recorded, equal pages together. */
export function writeDump(page: Page, step: StepResult, dump: PageDump): void {
  page.heading(`Step ${step.step + 1}: ${step.op}`, 2);
  page.table({
    columns: [
      { title: 'pages' },
      { title: 'first entry' },
      { title: 'frame', align: 'right' },
      { title: 'folio order', align: 'right' },
      { title: 'exclusive', align: 'right' },
      { title: 'mapped', align: 'right' },
    ],
    rows: stretches(dump).map(({ at, pages, first }) => [
      pageRange(at, pages),
      entryText(first),
      hex(first.pfn),
      String(first.folioOrder ?? ''),
      yesNo(first.anonExclusive),
      String(first.mapcount ?? ''),
    ]),
  });
  const huge = dump.hugePmds.filter((pmd) => pmd !== null);
  page.lines(huge.map((pmd) => `huge mapping ${pmd}`));
}

/** Writes the VMAs that a `vmas` step recorded. */
export function writeVmas(
  page: Page,
  step: StepResult,
  vmas: NonNullable<StepResult['vmas']>,
): void {
  page.heading(`Step ${step.step + 1}: ${step.op}`, 2);
  page.table({
    columns: [{ title: 'pages' }, { title: 'access' }, { title: 'soft-dirty' }],
    rows: vmas.map((vma) => [pageRange(vma.at, vma.pages), vma.perms, yesNo(vma.softDirty)]),
  });
}
