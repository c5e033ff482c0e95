import type { Question } from '@ptelab/check';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';

/** Lists the questions, and which of them the model answers. */
export function renderQuestions(
  questions: readonly Question[],
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading('Design questions of the review of the mprotect batching series', 1);
  page.table({
    columns: [{ title: '', align: 'right' }, { title: 'question' }, { title: 'answered' }],
    rows: questions.map((question) => [
      question.id,
      question.title,
      question.kind === 'outside' ? 'no' : question.beyond === '' ? 'yes' : 'in part',
    ]),
  });
  page.lines(
    questions.flatMap((question) =>
      question.kind === 'outside' ? [`${question.id}: ${question.why}`] : [],
    ),
    'quiet',
  );
  return page.toString();
}
