// One mprotect of page 5 of a 64 KiB block makes arm64 take the whole block apart.
import { arm64, ARM64_PROT, makeEvents, makePte, PteTable, rawHex, takeEvents } from '@ptelab/pte';

const arch = arm64({ kernel: '7.3' });
const folios = { folioOrder: () => 4 }; // memory is made of 64K folios
const mm = { isUser: true, events: makeEvents(), trace: null, folios, tlbFlushPending: 0 };
const table = new PteTable(0, arch.ptesPerTable);
const pte = makePte();
arch.pfnPte(0x12340, ARM64_PROT.READONLY, pte);
arch.setPtes(mm, table, 0, pte, 16); // a contiguous block
takeEvents(mm.events);
arch.modifyProtStart(mm, table, 5, 1, pte); // mprotect reaches page 5: the block dissolves
const { rawReads, rawWrites, xchg, unfolds, tlbiOps } = mm.events;
console.log(rawHex(pte), { rawReads, rawWrites, xchg, unfolds, tlbiOps });
