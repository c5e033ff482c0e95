import { yamlLanguage } from '@codemirror/lang-yaml';
import type { SyntaxNode } from '@lezer/common';

/** Stands for an element of a list in a {@link YamlPlace.way}. */
export const ITEM = Symbol('item');

/** One step down into a document: a key of a mapping, or an element of a list. */
export type WayStep = string | typeof ITEM;

/** Where a cursor is in a document. */
export interface YamlPlace {
  /** How one comes to the mapping that the key is in, or to the value. */
  readonly way: readonly WayStep[];
  readonly at: 'key' | 'value';
  /** The other keys of the mapping that a key is in. */
  readonly present: readonly string[];
}

/** Stands where nothing is written yet: the parser then says what would be there. */
const PLACEHOLDER = 'x';

function unquoted(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '');
}

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  keyOf(pair: SyntaxNode): string {
    const key = pair.getChild('Key');
    return key === null ? '' : unquoted(this.#text.slice(key.from, key.to));
  }

  /** How one comes to `node` from the top. */
  wayTo(node: SyntaxNode): WayStep[] {
    const way: WayStep[] = [];
    for (let at = node; at.parent !== null; at = at.parent) {
      if (at.name === 'Item') way.unshift(ITEM);
      if (at.parent.name === 'Pair' && at.name !== 'Key') way.unshift(this.keyOf(at.parent));
    }
    return way;
  }
}

/** Where something may begin: not right behind a colon or a quote. */
const BEGINS = /(?:^|[\s{[,])[\w.-]*$/;

/** In a list whose bracket is open, a word is read as the key of a mapping without braces. */
function isBareElement(mapping: SyntaxNode): boolean {
  return mapping.name === 'FlowMapping' && mapping.firstChild?.name !== '{';
}

/** Where `position` is in a YAML text, written half or not at all; null in comments and the like. */
export function placeAt(text: string, position: number): YamlPlace | null {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1, position);
  if (!BEGINS.test(line)) return null;
  // A word alone on its line is a key to be, unless something was opened before.
  const mark = /^\s*[\w-]*$/.test(line) ? `${PLACEHOLDER}:` : PLACEHOLDER;
  const filled = text.slice(0, position) + mark + text.slice(position);
  const tree = yamlLanguage.parser.parse(filled);
  const node = tree.resolveInner(position + 1, -1);
  if (node.name !== 'Literal') return null;
  const reader = new Reader(filled);
  if (node.parent?.name !== 'Key') return { way: reader.wayTo(node), at: 'value', present: [] };
  const pair = node.parent.parent;
  const mapping = pair?.parent;
  if (!pair || !mapping) return null;
  if (isBareElement(mapping)) return { way: reader.wayTo(mapping), at: 'value', present: [] };
  const others = mapping.getChildren('Pair').filter(({ from }) => from !== pair.from);
  return {
    way: reader.wayTo(mapping),
    at: 'key',
    present: others.map((other) => reader.keyOf(other)),
  };
}

/** The key at a place, and how one comes to what it holds; null where there is none. */
export function keyAt(
  text: string,
  position: number,
): { readonly way: readonly WayStep[]; readonly from: number; readonly to: number } | null {
  const tree = yamlLanguage.parser.parse(text);
  for (const side of [1, -1] as const) {
    const key = tree.resolveInner(position, side).parent;
    const pair = key?.parent;
    if (key?.name !== 'Key' || !pair) continue;
    const reader = new Reader(text);
    return { way: [...reader.wayTo(pair), reader.keyOf(pair)], from: key.from, to: key.to };
  }
  return null;
}
