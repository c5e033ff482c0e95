import { smapsFigures, SMAPS_FIGURES } from '@ptelab/mm';
import { dumpVmas, STORY_BASE_VPN, type Story } from '@ptelab/scenario';
import type { VmasStep } from '../recording/types.ts';
import type { Comparison, Difference } from './compare-calls.ts';

/** Compares the recorded VMAs with the model's: place, length and permissions. */
export function vmaDifferences(story: Story, step: VmasStep): Difference[] {
  const expected = step.vmas.map((vma) => `${vma.off}+${vma.n} ${vma.perms}`).join(', ');
  const found = dumpVmas(story.mm, STORY_BASE_VPN)
    .filter((vma) => vma.at >= 0)
    .map((vma) => `${vma.at}+${vma.pages} ${vma.perms}`)
    .join(', ');
  return expected === found ? [] : [{ what: 'VMAs', expected, found }];
}

/** Compares the figures of smaps that a recording has, VMA by VMA; both must have the same VMAs. */
export function smapsDifferences({ mm }: Story, step: VmasStep): Comparison {
  const vmas = mm.vmas.all.filter((vma) => vma.start >= STORY_BASE_VPN);
  const result = { compared: 0, differences: [] as Difference[] };
  for (const [i, recorded] of step.vmas.entries()) {
    const vma = vmas[i];
    if (vma === undefined || recorded.kb === undefined) continue;
    const found = smapsFigures(mm, vma);
    for (const name of SMAPS_FIGURES) {
      const expected = recorded.kb[name];
      if (expected === undefined) continue;
      result.compared++;
      if (expected === found[name]) continue;
      const what = `smaps ${name} of ${recorded.off}+${recorded.n}`;
      result.differences.push({ what, expected: String(expected), found: String(found[name]) });
    }
  }
  return result;
}
