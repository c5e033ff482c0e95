import { didYouMean } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';

/** Refuses a word that is no choice: lists the choices and names the nearest. */
function refuse(flag: string, found: string, choices: readonly string[]): never {
  const hint = didYouMean(found, choices);
  const text = `${flag}: expected ${choices.join(', ')}, found ${JSON.stringify(found)}${hint}`;
  throw new CliError('bad-choice', text);
}

/**
 * Reads one word out of `choices`.
 *
 * @throws CliError if the word is not one of them.
 */
export function oneChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === text) ?? refuse(flag, text, choices);
}

/**
 * Reads a list with commas. Repeated words count once.
 *
 * @throws CliError for the first word that is not one of `choices`.
 */
export function choiceList<T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
): T[] {
  const words = text.split(',').map((word) => word.trim());
  return [...new Set(words.map((word) => oneChoice(flag, word, choices)))];
}
