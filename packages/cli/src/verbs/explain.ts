import { explain, QUESTIONS, type Explanation, type Question } from '@ptelab/check';
import { renderExplanation, renderQuestions } from '@ptelab/report';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, write, writeJsonLine } from '../output.ts';
import { renderOptions } from '../style.ts';

const IDS = QUESTIONS.map(({ id }) => id);

/** The questions that are asked for: `Q4`, `q4` and `4` are the same, `all` is all of them. */
function chosen(words: readonly string[]): Question[] {
  if (words.includes('all')) return [...QUESTIONS];
  const ids = words.map((word) => {
    const plain = /^q?0*(\d+)$/i.exec(word)?.[1];
    return oneChoice('question', plain === undefined ? word : `Q${plain}`, [...IDS, 'all']);
  });
  return QUESTIONS.filter(({ id }) => ids.includes(id));
}

/** Says on standard error what did not hold. Returns true if everything did. */
function reportFailures({ id, facts }: Explanation): boolean {
  const failed = facts.filter(({ held }) => !held);
  for (const { text } of failed) note(`${id}: does not hold: ${text}`);
  return failed.length === 0;
}

async function list(flags: OutputFlags): Promise<void> {
  if (!flags.json) {
    await write(renderQuestions(QUESTIONS, renderOptions(flags)));
    return;
  }
  await writeJsonLine(
    QUESTIONS.map((question) => ({
      id: question.id,
      title: question.title,
      answered: question.kind === 'model',
      beyond: question.kind === 'model' ? question.beyond : question.why,
    })),
  );
}

/** `ptelab explain`: answers design questions by runs, or lists them. */
export async function explainVerb(words: readonly string[], flags: OutputFlags): Promise<number> {
  if (words.length === 0) {
    await list(flags);
    return EXIT.held;
  }
  const explanations: Explanation[] = [];
  let held = true;
  for (const [index, question] of chosen(words).entries()) {
    const explanation = explain(question);
    held = reportFailures(explanation) && held;
    if (flags.json) explanations.push(explanation);
    else
      await write(
        `${index > 0 ? '\n' : ''}${renderExplanation(explanation, renderOptions(flags))}`,
      );
  }
  if (flags.json) await writeJsonLine(explanations);
  return held ? EXIT.held : EXIT.failed;
}
