// Which folio a page fault may take: sizes that are enabled, and that fit into the VMA around the page.
import { ThpSettings, VM_HUGEPAGE, Vma } from '@ptelab/mm';

const thp = new ThpSettings({ ptesPerTable: 512, pageShift: 12 });
thp.set(64, 'always');
thp.set(512, 'madvise');
thp.set(2048, 'always');

const range = { start: 0x1008, end: 0x1400, pgoff: 0x1008 };
const plain = new Vma({ ...range, flags: 0 });
const advised = new Vma({ ...range, flags: VM_HUGEPAGE }); // after MADV_HUGEPAGE
for (const vpn of [0x1008, 0x1010, 0x1100, 0x1280]) {
  const pages = (vma) => thp.anonOrders(vma, vpn).map((order) => 2 ** order);
  const huge = thp.pmdAllowed(plain, vpn) ? 'or a huge page' : 'no huge page';
  console.log(`page 0x${vpn.toString(16)}: folios of`, pages(plain), pages(advised), huge);
}
