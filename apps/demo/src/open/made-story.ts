import { formatScenario, stepsOf, type Operation } from '@ptelab/scenario';
import type { OpenedStory } from './opened.ts';

/** What a story is made of that a file tells only in part. */
interface StoryParts {
  /** Whatever is no letter, digit, dot or dash becomes a dash. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What leads to the memory that the call is about. */
  readonly making: readonly Operation[];
  /** The call to look at. */
  readonly call: Operation;
}

/** Writes a story that ends with the call that there is to look at. */
export function madeStory({ name, making, call, ...words }: StoryParts): OpenedStory {
  const text = formatScenario({
    name: name.replaceAll(/[^\w.-]+/g, '-'),
    ...words,
    steps: stepsOf([...making, call]),
  });
  return { text, machines: null, step: making.length };
}
