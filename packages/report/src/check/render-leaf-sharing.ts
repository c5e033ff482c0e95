import type { SharingFuzzResult } from '@ptelab/check';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';

/** Writes how shared leaf tables compare with plain ones; a difference with the story that shows it. */
export function renderLeafSharing(result: SharingFuzzResult, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  const { stories, seed, difference } = result;
  const told = `${stories.toLocaleString('en-US')} stories, seed ${seed}`;
  if (difference === null) {
    page.lines([`0 differences between shared and plain leaf tables in ${told}`], 'good');
    return page.toString();
  }
  const { machine, strategy, step, what, steps } = difference;
  page.lines([`shared and plain leaf tables differ in ${told}: ${what}`], 'bad');
  page.lines([`${machine.arch} ${machine.kernel} ${strategy}, after step ${step + 1} of:`]);
  page.lines(steps);
  return page.toString();
}
