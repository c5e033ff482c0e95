import type { MutantVerdict } from '@ptelab/check';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Cell } from '../text/table.ts';
import type { MutantsVerdict } from './mutants-verdict.ts';

/** How much it takes to see a mutant. */
function withText({ verdict, slots }: MutantVerdict): Cell | string {
  if (verdict === 'survived') return { text: 'survives', tone: 'bad' };
  if (verdict === 'explained') return 'not seen';
  return slots === 0 ? 'a story' : `${slots} ${slots === 1 ? 'entry' : 'entries'}`;
}

/** The rule that a mutant breaks; in brackets if it is one of quality. */
function ruleText({ verdict, by }: MutantVerdict): string {
  if (verdict === 'killed') return by;
  return verdict === 'noticed' ? `(${by})` : '';
}

/** Writes what became of mutants: by which rule each is killed, or why it can't be seen. */
export function renderMutants(verdict: MutantsVerdict, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  page.heading('Mutants', 2);
  page.table({
    columns: [{ title: 'id' }, { title: 'killed by' }, { title: 'with' }, { title: 'mistake' }],
    rows: verdict.list.map((mutant) => [
      mutant.id,
      ruleText(mutant),
      withText(mutant),
      mutant.summary,
    ]),
  });
  if (verdict.list.some((mutant) => mutant.verdict === 'noticed')) {
    page.lines(['(a rule): of quality; nothing but time or precision is lost'], 'quiet');
  }
  const reasons = verdict.list.filter((mutant) => mutant.verdict === 'explained');
  if (reasons.length > 0) {
    page.heading('Why some are not seen', 2);
    page.lines(reasons.map(({ id, by }) => `${id}: ${by}`));
  }
  const { mutants, killed, explained, survivors } = verdict;
  const left = survivors.length === 0 ? 'none survives' : `survivors: ${survivors.join(', ')}`;
  page.lines(
    [`${mutants} mutants, ${killed} killed, ${explained} can't be seen: ${left}`],
    survivors.length === 0 ? 'good' : 'bad',
  );
  return page.toString();
}
