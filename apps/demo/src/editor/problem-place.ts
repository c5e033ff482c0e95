import type { Problem } from '../worker/protocol.ts';

/** A word, or what is in quotes. */
const TOKEN = /^(?:"[^"]*"?|'[^']*'?|[\w./-]+)/;

/**
 * What to underline for a problem: from its place to the end of the word there, or of the line. At the
 * end of a line it is the last character. Null if the problem has no place in the text.
 */
export function problemPlace(
  text: string,
  { line, column }: Problem,
): { readonly from: number; readonly to: number } | null {
  const lines = text.split('\n');
  const content = lines[line - 1];
  if (content === undefined) return null;
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const at = Math.min(Math.max(column - 1, 0), content.length);
  const rest = content.slice(at).replace(/\s*(?:\s#.*)?$/, '');
  if (rest === '') return { from: start + Math.max(at - 1, 0), to: start + at };
  const token = TOKEN.exec(rest)?.[0] ?? rest;
  return { from: start + at, to: start + at + token.length };
}

/** A problem in one line. */
export function problemWords({ line, message }: Problem): string {
  return line > 0 ? `Line ${line}: ${message}` : message;
}

/** Choices of more letters than this are cut short where room is scarce. */
const MOST_LETTERS = 60;

/** A problem in a line that is not too long: of many choices, the first few. */
export function shortProblemWords(problem: Problem): string {
  return problemWords(problem).replace(/\(([^()]+)\)/g, (whole, choices: string) => {
    const end = choices.lastIndexOf(', ', MOST_LETTERS);
    return choices.length <= MOST_LETTERS || end < 0 ? whole : `(${choices.slice(0, end)}, …)`;
  });
}
