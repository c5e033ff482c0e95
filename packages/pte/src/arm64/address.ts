import type { Pte } from '../table.ts';
import { ARM64_PTE_SH } from './bits.ts';
import type { Arm64Params } from './params.ts';

const OA_47_44 = (1 << (44 - 32)) | (1 << (45 - 32)) | (1 << (46 - 32)) | (1 << (47 - 32));
const OA_49_44 = OA_47_44 | (1 << (48 - 32)) | (1 << (49 - 32));
const HIGH_SHIFT = 12;
const LPA_LOW_NIBBLE = 0xf;

/** Bits of the bits word that belong to the output address. */
function addressBits(p: Arm64Params): number {
  return p.pa52 && p.granule !== '64k' ? OA_49_44 | ARM64_PTE_SH : OA_49_44;
}

/** Page frame number, in pages of the granule, of a present entry. */
export function arm64PtePfn(p: Arm64Params, pte: Readonly<Pte>): number {
  const low = pte.pfn >>> 0;
  const high = (pte.bits & OA_49_44) >>> HIGH_SHIFT;
  if (p.granule === '64k') {
    const top = p.pa52 ? low & LPA_LOW_NIBBLE : 0;
    return (top * 2 ** 36 + high * 2 ** 32 + (low - (low & LPA_LOW_NIBBLE))) / p.pfnStep;
  }
  const top = p.pa52 ? (pte.bits & ARM64_PTE_SH) >>> 8 : 0;
  return (top * 2 ** 38 + high * 2 ** 32 + low) / p.pfnStep;
}

/** Writes to `out` the entry with protection bits `prot` that maps page frame `pfn`. */
export function arm64PfnPte(p: Arm64Params, pfn: number, prot: number, out: Pte): void {
  const frame = pfn * p.pfnStep;
  const low = frame % 2 ** 32;
  if (p.granule === '64k') {
    const high = Math.floor(frame / 2 ** 32) & 0xf;
    const top = Math.floor(frame / 2 ** 36) & 0xf;
    out.pfn = low | (p.pa52 ? top : 0) | 0;
    out.bits = (prot & ~OA_47_44) | (high << HIGH_SHIFT);
    return;
  }
  const high = Math.floor(frame / 2 ** 32) & 0x3f;
  const top = p.pa52 ? Math.floor(frame / 2 ** 38) & 3 : 0;
  out.pfn = low | 0;
  out.bits = (prot & ~addressBits(p)) | (high << HIGH_SHIFT) | (top << 8);
}
