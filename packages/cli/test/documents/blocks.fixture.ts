import { readFileSync } from 'node:fs';
import { ROOT } from '../ptelab.fixture.ts';

/** A code block of a document. */
export interface Block {
  /** Document and line, for messages. */
  readonly place: string;
  /** Empty for output. */
  readonly language: string;
  readonly text: string;
  /** What the document says that it prints: the next block, if it is output. */
  readonly printed: string | null;
  /** A file that the document asks to save it as. */
  readonly saveAs: string | null;
}

const OUTPUT = ['', 'text'];
/** What may stand between a block and its output. */
const SAVE = /Save it as `([\w.-]+)`/;

/** The code blocks of a document, in order. */
export function blocksOf(path: string): Block[] {
  const text = readFileSync(`${ROOT}/${path}`, 'utf8');
  const found = [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)];
  return found.map((match, i): Block => {
    const [whole, language = '', body = ''] = match;
    const end = match.index + whole.length;
    const next = found[i + 1];
    const between = text.slice(end, next?.index);
    const isOutput = next !== undefined && OUTPUT.includes(next[1] ?? '') && !/^#/m.test(between);
    return {
      place: `${path}:${text.slice(0, match.index).split('\n').length}`,
      language,
      text: body,
      printed: isOutput ? (next[2] ?? '') : null,
      saveAs: SAVE.exec(between)?.[1] ?? null,
    };
  });
}

/** True if `printed` is what a document shows; a line of three dots stands for lines left out. */
export function shows(shown: string, printed: string): boolean {
  let from = 0;
  for (const part of shown.trimEnd().split(/^ *\.\.\.$/m)) {
    const lines = part.replaceAll(/^\n+|\n+$/g, '');
    const at = printed.indexOf(lines, from);
    if (at === -1) return false;
    from = at + lines.length;
  }
  return true;
}
