import { makePte, rawHex, type Arch, type Pte } from '@ptelab/pte';
import { didYouMean, PROT_LETTERS, protBits } from '@ptelab/scenario';
import { CliError } from './cli-error.ts';

function bad(text: string): never {
  throw new CliError('bad-encode', `--encode: ${text}`);
}

type Transform = (arch: Arch, bits: number) => number;

/** What a word of `--encode` does to the entry that pfn and prot give. */
const FLAGS: Readonly<Record<string, Transform>> = {
  write: (arch, bits) => arch.pteMkwrite(bits),
  dirty: (arch, bits) => arch.pteMkdirty(bits),
  young: (arch, bits) => arch.pteMkyoung(bits),
  'soft-dirty': (arch, bits) =>
    arch.softDirty
      ? arch.pteMksoftDirty(bits)
      : bad(`expected a flag of ${arch.name}, which has no soft-dirty bit`),
  'uffd-wp': (arch, bits) => arch.pteMkuffdWp(bits),
  special: (arch, bits) => arch.pteMkspecial(bits),
  cont: (arch, bits) =>
    arch.name === 'arm64'
      ? arch.pteMkcont(bits)
      : bad(`expected a flag of ${arch.name}, which has no contiguous bit`),
};

const EXAMPLE = 'pfn=0x12340,prot=rw,write,dirty,young';

function readPfn(text: string): number {
  const pfn = /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : NaN;
  // 48 bits of physical address, less the 12 of a 4K page.
  if (!(pfn < 2 ** 36))
    bad(`expected pfn, a frame number below 2^36, found ${JSON.stringify(text)}`);
  return pfn;
}

function readProt(text: string): number {
  const letters = PROT_LETTERS.find((choice) => choice === text);
  if (letters === undefined) {
    bad(`expected prot, one of ${PROT_LETTERS.join(', ')}, found ${JSON.stringify(text)}`);
  }
  return protBits(letters);
}

/**
 * Builds the entry that maps a page the way `text` says, e.g. `pfn=0x12340,prot=rw,write,dirty`.
 *
 * @returns the raw entry.
 * @throws CliError for a word that means nothing here.
 */
export function encodeEntry(arch: Arch, text: string): string {
  let pfn: number | undefined;
  let vmFlags: number | undefined;
  const flags: Transform[] = [];
  for (const word of text.split(',').map((part) => part.trim())) {
    const [name = '', value] = word.split('=', 2);
    const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
    if (name === 'pfn' && value !== undefined) pfn = readPfn(value);
    else if (name === 'prot' && value !== undefined) vmFlags = readProt(value);
    else if (flag !== undefined) flags.push(flag);
    else {
      const names = ['pfn', 'prot', ...Object.keys(FLAGS)];
      const choices = `pfn=N, prot=LETTERS, ${Object.keys(FLAGS).join(', ')}`;
      bad(`expected ${choices}, found ${JSON.stringify(word)}${didYouMean(name, names)}`);
    }
  }
  if (pfn === undefined || vmFlags === undefined) bad(`expected pfn and prot, e.g. ${EXAMPLE}`);
  const pte: Pte = makePte();
  arch.pfnPte(pfn, arch.vmGetPageProt(vmFlags), pte);
  for (const flag of flags) pte.bits = flag(arch, pte.bits);
  return rawHex(pte);
}
