import { dumpVmas, STORY_BASE_VPN, type Story } from '@ptelab/scenario';
import type { VmasStep } from '../recording/types.ts';
import type { Difference } from './compare-calls.ts';

/** Compares the recorded VMAs with the model's: place, length and permissions. */
export function vmaDifferences(story: Story, step: VmasStep): Difference[] {
  const expected = step.vmas.map((vma) => `${vma.off}+${vma.n} ${vma.perms}`).join(', ');
  const found = dumpVmas(story.mm, STORY_BASE_VPN)
    .filter((vma) => vma.at >= 0)
    .map((vma) => `${vma.at}+${vma.pages} ${vma.perms}`)
    .join(', ');
  return expected === found ? [] : [{ what: 'VMAs', expected, found }];
}
