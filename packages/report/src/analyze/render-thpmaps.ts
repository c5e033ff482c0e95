import type { Analysis, ThpMap, VmaAnalysis } from '@ptelab/kernel';

const LABEL_WIDTH = 32;
const VALUE_WIDTH = 8;

function figureLines({ figures }: ThpMap): string[] {
  return Object.entries(figures)
    .filter(([, { kb }]) => kb > 0)
    .map(([label, { kb, percent }]) => {
      const share = percent === null ? '' : ` (${`${percent}%`.padStart(3)})`;
      return `${`${label}:`.padEnd(LABEL_WIDTH)}${String(kb).padStart(VALUE_WIDTH)} kB${share}`;
    });
}

function vmaLine({ vma }: VmaAnalysis, pageSize: number): string {
  const hex = (page: number, digits: number): string =>
    (BigInt(page) * BigInt(pageSize)).toString(16).padStart(digits, '0');
  const pid = String(vma.pid).padStart(10, '0');
  const range = `${hex(vma.start, 16)}-${hex(vma.end, 16)}`;
  return `${pid}: ${range} ${vma.perms} ${hex(vma.offset, 8)} ${vma.path}`.trimEnd();
}

/** Writes the figures of `tools/mm/thpmaps` as it does, VMA by VMA and all together. */
export function renderThpmaps({ host, vmas, thpmaps }: Analysis): string {
  return [
    ...vmas.flatMap((vma) => [
      vmaLine(vma, host.pageSize),
      ...(vma.thpmaps === null ? [] : figureLines(vma.thpmaps)),
    ]),
    'all',
    ...figureLines(thpmaps),
    '',
  ].join('\n');
}
