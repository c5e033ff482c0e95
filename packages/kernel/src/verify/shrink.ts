import { formatOpLine, parseOpLine, StoryCheck, type Operation } from '@ptelab/scenario';

/** Most stories that are tried to make one smaller. */
const MOST_TRIES = 400;

/** True if the lines can be meant as written. */
function makesSense(lines: readonly string[]): boolean {
  const story = new StoryCheck();
  return lines.every((line) => story.step(parseOpLine(line)) === null);
}

/** The same operation on fewer pages, most daring first. */
function fewerPages(line: string): string[] {
  const operation: Operation = parseOpLine(line);
  if (operation.op === 'entries' || operation.op === 'mmap' || operation.op === 'dump') return [];
  if (!('pages' in operation) || !('at' in operation) || operation.pages === 1) return [];
  const { at, pages } = operation;
  const half = Math.floor(pages / 2);
  return [
    formatOpLine({ ...operation, pages: 1 }),
    formatOpLine({ ...operation, pages: half }),
    formatOpLine({ ...operation, at: at + half, pages: pages - half }),
    formatOpLine({ ...operation, pages: pages - 1 }),
  ];
}

/**
 * Looks for a smaller story that still differs: without lines, then with fewer pages in those that are left.
 *
 * @param differs - runs a story and says whether kernel and model disagree.
 */
export async function shrinkStory(
  lines: readonly string[],
  differs: (lines: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let best = lines;
  let tries = 0;
  const better = async (candidate: readonly string[]): Promise<boolean> => {
    if (tries >= MOST_TRIES || !makesSense(candidate)) return false;
    tries++;
    if (!(await differs(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let end = best.length; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      await better([...best.slice(0, start), ...best.slice(end)]);
    }
  }
  for (let i = 0; i < best.length; i++) {
    for (const line of fewerPages(best[i] ?? '')) {
      if (await better([...best.slice(0, i), line, ...best.slice(i + 1)])) break;
    }
  }
  return best;
}
