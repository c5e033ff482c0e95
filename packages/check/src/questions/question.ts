import type { Scenario } from '@ptelab/scenario';

/** A table of figures, computed by runs of the model. Plain data. */
export interface Figure {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** One part of a claim, with the figures that it rests on, and whether they bear it out. Plain data. */
export interface Fact {
  readonly text: string;
  readonly held: boolean;
}

/** What the model says to a question, computed at that moment. Plain data. */
export interface Answer {
  readonly facts: readonly Fact[];
  readonly figures: readonly Figure[];
}

/** What a question is, whoever answers it. */
export interface AskedQuestion {
  /** Q and a number. */
  readonly id: string;
  /** The question in one line. */
  readonly title: string;
  /** What was asked and said when the patches were reviewed. */
  readonly asked: string;
  /** What the kernel does since. */
  readonly settled: string;
}

/** A design question that runs of the model answer. */
export interface ModelQuestion extends AskedQuestion {
  readonly kind: 'model';
  readonly claim: string;
  /** What about the question no model can tell; an empty string if there is nothing. */
  readonly beyond: string;
  /** What is run. The repository has each as scenarios/questions/NAME.yaml. */
  readonly stories: readonly Scenario[];
  /** Command lines that show the same. */
  readonly repeat: readonly string[];
  /** Runs the model. */
  readonly answer: () => Answer;
}

/** A design question that a model of states and events can't answer. */
export interface OutsideQuestion extends AskedQuestion {
  readonly kind: 'outside';
  readonly why: string;
}

/** A question of the review of the mprotect batching series. */
export type Question = ModelQuestion | OutsideQuestion;

/** Declares a question that the model answers. */
export function modelQuestion(question: Omit<ModelQuestion, 'kind'>): ModelQuestion {
  return { kind: 'model', ...question };
}

/** Declares a question that the model does not answer. */
export function outsideQuestion(question: Omit<OutsideQuestion, 'kind'>): OutsideQuestion {
  return { kind: 'outside', ...question };
}
