import { BATCH_DETECTION } from './batch-detection.ts';
import { COMMIT } from './commit.ts';
import { COUNT_AND_FLUSH } from './count-and-flush.ts';
import { ELSEWHERE } from './elsewhere.ts';
import type { Mutant } from './mutant.ts';
import { WRITE_PERMISSION } from './write-permission.ts';

/** B before M, then by number, then by what is added to it. */
function inOrder(a: Mutant, b: Mutant): number {
  const number = ({ id }: Mutant): number => parseInt(id.slice(1), 10);
  const letter = a.id.charCodeAt(0) - b.id.charCodeAt(0);
  return letter || number(a) - number(b) || (a.id < b.id ? -1 : 1);
}

/** All mutants, by id: bugs of the history, then natural mistakes. */
export const MUTANTS: readonly Mutant[] = [
  ...BATCH_DETECTION,
  ...COMMIT,
  ...COUNT_AND_FLUSH,
  ...ELSEWHERE,
  ...WRITE_PERMISSION,
].sort(inOrder);
