import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import { ScenarioError, type ScenarioPlace } from '../scenario-error.ts';
import type { Path } from './issue.ts';

/** Keys whose values are text even if they look like numbers: `kernel: 6.10` is not 6.1. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  'args',
  'child',
  'description',
  'file',
  'id',
  'kernel',
  'label',
  'name',
  'path',
  'strategy',
  'title',
]);

/** Keys whose lists may be written without brackets if they have one element. */
const LIST_KEYS: ReadonlySet<string> = new Set(['arch', 'args', 'expect', 'kernel', 'strategy']);

const MAX_DEPTH = 20;

function keyText(pair: Pair): string {
  const { key } = pair;
  return isScalar(key) ? (key.source ?? String(key.value)) : '?';
}

function syntaxProblem({ code, message }: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'expected each key once, found it again';
  // The parser recurses and reports running out of stack like a mistake in the text.
  if (/call stack|recursion/i.test(message)) return 'expected shallower nesting';
  return `expected YAML, found a mistake: ${message.replaceAll(/\s+/g, ' ')}`;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/** YAML text as plain data, with the place of every part of it. */
export class SourceText {
  readonly #source: string;
  readonly #lines = new LineCounter();
  readonly #root: Node | null;
  /** The whole text as data: objects, lists, text, numbers, booleans and null. */
  readonly data: unknown;

  /**
   * Reads `text`.
   *
   * @throws ScenarioError at the first place that is not YAML, or not plain data.
   */
  constructor(text: string, source: string) {
    this.#source = source;
    const document = this.#parse(text);
    this.#root = document.contents;
    this.data = this.#plain(this.#root, '', 0);
  }

  #parse(text: string): ReturnType<typeof parseDocument> {
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problems: readonly YAMLError[] = [...document.errors, ...document.warnings];
    const first = [...problems].sort((a, b) => a.pos[0] - b.pos[0])[0];
    if (first !== undefined) {
      throw this.#syntaxError(first.pos[0], syntaxProblem(first));
    }
    return document;
  }

  #syntaxError(offset: number, message: string): ScenarioError {
    return new ScenarioError('yaml-syntax', this.#source, this.#place(offset), message);
  }

  #plain(node: unknown, key: string, depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.#syntaxError(startOf(node), 'expected shallower nesting');
    if (isAlias(node)) {
      const text = `expected values in place, found the alias *${node.source}`;
      throw this.#syntaxError(startOf(node), text);
    }
    if (isMap(node)) {
      return Object.fromEntries(
        node.items.map((pair) => [
          keyText(pair),
          this.#asList(keyText(pair), this.#plain(pair.value, keyText(pair), depth + 1)),
        ]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => this.#plain(item, key, depth + 1));
    if (!isScalar(node)) return null;
    const { value } = node;
    const plain = typeof value === 'number' || typeof value === 'boolean';
    return plain && TEXT_KEYS.has(key) ? (node.source ?? String(value)) : value;
  }

  #asList(key: string, value: unknown): unknown {
    const wrap = LIST_KEYS.has(key) && value !== null && !Array.isArray(value);
    return wrap ? [value] : value;
  }

  /**
   * Offset of the part at `path`: its key where it has one and `key` asks for it, its value otherwise,
   * the nearest part around it if there is no such part.
   */
  offset(path: Path, key = false): number {
    let node: unknown = this.#root;
    let found = startOf(node);
    for (const step of path) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find((item) => keyText(item) === step);
        if (pair === undefined) {
          // A list that was written without brackets has no index of its own.
          if (typeof step === 'number') continue;
          break;
        }
        found = startOf(key ? pair.key : (pair.value ?? pair.key));
        next = pair.value;
      } else if (isSeq(node) && typeof step === 'number') {
        next = node.items[step];
        found = startOf(next);
      } else continue;
      node = next;
    }
    return found;
  }

  /** Line and column of the part at `path`; see {@link SourceText.offset}. */
  place(path: Path, key = false): ScenarioPlace {
    return this.#place(this.offset(path, key));
  }

  #place(offset: number): ScenarioPlace {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}
