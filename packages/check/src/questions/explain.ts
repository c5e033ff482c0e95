import type { Fact, Figure, Question } from './question.ts';
import { fileOf } from './story.ts';

/** A question with what the model says to it. Plain data. */
export interface Explanation {
  readonly id: string;
  readonly title: string;
  readonly asked: string;
  readonly settled: string;
  /** Whether the model answers it. */
  readonly answered: boolean;
  /** Empty if the model does not answer. */
  readonly claim: string;
  /** What no model can tell about it, or why it answers nothing; may be empty. */
  readonly beyond: string;
  /** Scenario files of the repository. */
  readonly scenarios: readonly string[];
  /** Command lines that show the same. */
  readonly repeat: readonly string[];
  readonly facts: readonly Fact[];
  readonly figures: readonly Figure[];
}

/** Answers a question: runs the model for its figures. Takes up to some seconds. */
export function explain(question: Question): Explanation {
  const { id, title, asked, settled } = question;
  const common = { id, title, asked, settled };
  if (question.kind === 'outside') {
    const nothing = { claim: '', scenarios: [], repeat: [], facts: [], figures: [] };
    return { ...common, answered: false, beyond: question.why, ...nothing };
  }
  const { claim, beyond, stories, repeat } = question;
  const { facts, figures } = question.answer();
  const scenarios = stories.map(fileOf);
  return { ...common, answered: true, claim, beyond, scenarios, repeat, facts, figures };
}
