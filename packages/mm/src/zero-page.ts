import { makePte, type Pgprot, type Pte } from '@ptelab/pte';
import type { System } from './system.ts';

/** An entry for the shared zero page: special, for it is nobody's page. */
export function zeroPageEntry({ arch, zeroPfn }: System, prot: Pgprot): Pte {
  const entry = makePte();
  arch.pfnPte(zeroPfn, prot, entry);
  entry.bits = arch.pteMkspecial(entry.bits);
  return entry;
}
