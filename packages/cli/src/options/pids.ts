import { CliError } from '../cli-error.ts';

/** Linux gives no number beyond this to a process (PID_MAX_LIMIT). */
const HIGHEST_PID = 2 ** 22;

/**
 * Reads process ids: words, or lists with commas.
 *
 * @throws CliError for what is none.
 */
export function parsePids(words: readonly string[]): number[] {
  return words
    .flatMap((word) => word.split(','))
    .map((word) => {
      const pid = Number(word);
      if (/^[1-9]\d{0,6}$/.test(word) && pid <= HIGHEST_PID) return pid;
      const found = JSON.stringify(word.slice(0, 40));
      throw new CliError('bad-pid', `--pid: expected a process id, found ${found}`);
    });
}
