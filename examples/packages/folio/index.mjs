// After a fork, pages of one folio may be exclusive to the parent or shared, one by one.
import { folioAddNewAnonRmap, folioTryDupAnonRmapPtes, Memmap, PAGE_KIND } from '@ptelab/folio';

const mem = new Memmap();
const parent = 1; // ids of address spaces
const child = 2;
mem.initFolio(0x100, 2, PAGE_KIND.ANON); // four pages
folioAddNewAnonRmap(mem, parent, 0x100, 4);
folioTryDupAnonRmapPtes(mem, child, 0x101, 3, false); // fork; page 0 lies in a VMA marked DONTFORK
const exclusive = [0, 1, 2, 3].map((i) => mem.anonExclusive(0x100 + i));
console.log(exclusive, mem.folioMapcount(0x100), mem.mmIds.maybeShared(0x100, 7));
