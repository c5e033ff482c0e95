import { counted } from '../text/numbers.ts';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import type { Cell } from '../text/table.ts';
import type { JudgedMutant, MutantsVerdict } from './mutants-verdict.ts';

function fate({ invariant, slots, reason }: JudgedMutant): Cell | string {
  if (invariant === null) return reason === null ? { text: 'survives', tone: 'bad' } : 'not seen';
  return slots === null ? 'a story' : counted(slots, 'entry').replace('entrys', 'entries');
}

/** Writes what became of mutants: by which rule each is killed, or why it can't be seen. */
export function renderMutants(verdict: MutantsVerdict, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  page.heading('Mutants', 2);
  page.table({
    columns: [{ title: 'id' }, { title: 'killed by' }, { title: 'with' }, { title: 'mistake' }],
    rows: verdict.list.map((mutant) => [
      mutant.id,
      mutant.invariant ?? '',
      fate(mutant),
      mutant.summary,
    ]),
  });
  const reasons = verdict.list.filter(({ reason }) => reason !== null);
  if (reasons.length > 0) {
    page.heading('Why some are not seen', 2);
    page.lines(reasons.map(({ id, reason }) => `${id}: ${String(reason)}`));
  }
  const { mutants, killed, explained, survivors } = verdict;
  const left = survivors.length === 0 ? 'none survives' : `survivors: ${survivors.join(', ')}`;
  page.lines(
    [`${mutants} mutants, ${killed} killed, ${explained} can't be seen: ${left}`],
    survivors.length === 0 ? 'good' : 'bad',
  );
  return page.toString();
}
