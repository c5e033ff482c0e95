import { makePte, type PteTable } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { HugePmd } from './huge-pmd.ts';

/** Splits the migration entry of a huge page into one entry of the same kind per page. */
export function splitMigrationPmd(mm: AddressSpace, pmd: HugePmd, table: PteTable): void {
  const { arch } = mm.system;
  const huge = arch.decodeNonPresent(pmd.entry);
  const entry = makePte();
  for (let i = 0; i < mm.pmdPages; i++) {
    arch.encodeNonPresent({ ...huge, offset: huge.offset + i }, entry);
    arch.setPtes(mm, table, i, entry, 1);
  }
}
