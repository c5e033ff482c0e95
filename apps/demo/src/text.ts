import type { MachineSpec, Operation, ProtLetters } from '@ptelab/scenario';

const PROT_WORDS: Readonly<Partial<Record<ProtLetters, string>>> = {
  n: 'no access',
  none: 'no access',
  r: 'read-only',
  rw: 'read-write',
};

function protText(prot: ProtLetters): string {
  return PROT_WORDS[prot] ?? prot;
}

/** `page 3` or `pages 3–5`. */
export function pagesText(at: number, pages: number): string {
  return pages === 1 ? `page ${at}` : `pages ${at}–${at + pages - 1}`;
}

/** An operation in a few words. */
export function operationText(operation: Operation): string {
  switch (operation.op) {
    case 'thp':
      return `${operation.kb} KiB folios: ${operation.enabled}`;
    case 'mmap':
      return `map ${pagesText(operation.at, operation.pages)}, ${protText(operation.prot)}`;
    case 'mprotect':
      return `mprotect ${pagesText(operation.at, operation.pages)}: ${protText(operation.prot)}`;
    case 'madvise':
      return `madvise ${pagesText(operation.at, operation.pages)}: ${operation.advice}`;
    case 'read':
    case 'write':
      return `${operation.op} ${pagesText(operation.at, operation.pages)}`;
    case 'child':
      return operation.does === 'exit' ? 'the child exits' : `the child does: ${operation.does}`;
    default:
      return operation.op;
  }
}

/** `arm64 6.17`. */
function machineText({ arch, kernel }: MachineSpec): string {
  return `${arch} ${kernel}`;
}

/** Folio 0 is A, folio 26 is A1. */
export function folioText(folio: number): string {
  const letter = String.fromCharCode(65 + (folio % 26));
  return folio < 26 ? letter : `${letter}${Math.floor(folio / 26)}`;
}

/** Size of a folio of 4K pages: `64 KiB`. */
export function orderText(order: number): string {
  return `${4 * 2 ** order} KiB`;
}

/** Names of machines; equal ones are numbered. */
export function columnTexts(specs: readonly MachineSpec[]): string[] {
  const texts = specs.map(machineText);
  const same = new Set(texts).size < texts.length;
  return same ? texts.map((text, index) => `${text} (${index + 1})`) : texts;
}
