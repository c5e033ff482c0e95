/** The arguments of a call, as they stand in the log without comments. */
export interface ArgumentList {
  readonly args: readonly string[];
  /** Index after the closing bracket. */
  readonly end: number;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Deeper nesting than any structure has: arguments of no call. */
const MOST_DEPTH = 64;

/** Index after the string that begins at `from`; -1 if it does not end. */
function afterString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return -1;
}

/** Index after `what`, which is looked for from `from` on; -1 if it is not there. */
function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? -1 : at + what.length;
}

/** True if a `<` at `i` begins what `-y` tells of a descriptor, as in `3</usr/lib/libc.so.6>`. */
function isDescriptorPath(text: string, i: number): boolean {
  return /[0-9DT]/.test(text[i - 1] ?? '') && text[i + 1] !== '<'; // 21<<MAP_HUGE_SHIFT is a number
}

/**
 * Reads arguments up to the bracket that closes the call. Strings, structures, comments and paths of
 * descriptors may hold commas and brackets.
 *
 * @param from - index after the opening bracket.
 * @returns null if they don't end.
 */
export function argumentList(text: string, from: number): ArgumentList | null {
  const args: string[] = [];
  const open: string[] = [];
  let current = '';
  let start = from;
  const take = (end: number): void => {
    current += text.slice(start, end);
  };
  const finish = (): void => {
    args.push(current.trim());
    current = '';
  };
  for (let i = from; i < text.length;) {
    const char = text[i] ?? '';
    if (char === '"') i = afterString(text, i);
    else if (char === '<' && isDescriptorPath(text, i)) i = after(text, '>', i);
    else if (char === '/' && text[i + 1] === '*') {
      take(i);
      i = after(text, '*/', i + 2);
      start = i;
    } else if (CLOSING[char] !== undefined) {
      open.push(CLOSING[char]);
      if (open.length > MOST_DEPTH) return null;
      i++;
    } else if (open.length > 0 && char === open.at(-1)) {
      open.pop();
      i++;
    } else if (char === ')' && open.length === 0) {
      take(i);
      if (args.length > 0 || current.trim() !== '') finish();
      return { args, end: i + 1 };
    } else {
      if (char === ',' && open.length === 0) {
        take(i);
        finish();
        start = i + 1;
      }
      i++;
    }
    if (i === -1) return null;
  }
  return null;
}
