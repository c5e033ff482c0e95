import { parseEntryWord } from '../entries/entry-word.ts';
import type { EntriesOp, MmapOp, Operation } from '../op/operation.ts';
import { didYouMean } from '../nearest.ts';
import { MAX_PAGES } from '../yaml/field.ts';
import { PageRanges } from './page-ranges.ts';

/** What is wrong with a step, and which of its fields says so. */
export interface StoryProblem {
  readonly field: string;
  /** One line: what was expected and what was found. */
  readonly text: string;
}

/**
 * Follows a story without running it: which pages are mapped, which children live, which files exist.
 *
 * Finds what can't be meant as written: pages mapped twice, ids that nobody has, ranges that end
 * beyond the window.
 */
export class StoryCheck {
  readonly #mapped = new PageRanges();
  readonly #children = new Set<string>();
  readonly #files = new Set<string>();

  /** The stretches of pages that are mapped now. */
  get mapped(): readonly { readonly start: number; readonly end: number }[] {
    return this.#mapped.stretches;
  }

  /** Takes the next step. Returns what is wrong with it, or null. */
  step(operation: Operation): StoryProblem | null {
    return this.#beyond(operation) ?? this.#follow(operation);
  }

  #beyond(operation: Operation): StoryProblem | null {
    if (!('pages' in operation)) return null;
    const pages = operation.op === 'entries' ? operation.pages.length : operation.pages;
    const starts = {
      ...('at' in operation ? { at: operation.at } : {}),
      ...('to' in operation ? { to: operation.to } : {}),
    };
    for (const [name, start] of Object.entries(starts)) {
      if (start + pages > MAX_PAGES) {
        const text = `expected ${name} + pages up to ${MAX_PAGES}, found ${start} + ${pages}`;
        return { field: 'pages', text };
      }
    }
    return null;
  }

  #follow(operation: Operation): StoryProblem | null {
    switch (operation.op) {
      case 'mmap':
        return this.#mmap(operation);
      case 'munmap':
        this.#mapped.remove(operation.at, operation.at + operation.pages);
        return null;
      case 'mremap':
        return this.#mremap(operation.at, operation.pages, operation.to);
      case 'fork':
        if (this.#children.has(operation.id)) {
          return {
            field: 'id',
            text: `expected a new id, found ${operation.id}, a living child's`,
          };
        }
        this.#children.add(operation.id);
        return null;
      case 'child': {
        const problem = unknown('a child that lives', operation.id, this.#children, 'id');
        if (problem === null && operation.does === 'exit') this.#children.delete(operation.id);
        return problem;
      }
      case 'entries':
        return this.#entries(operation);
      case 'dump':
      case 'predict':
        if (operation.child === undefined) return null;
        return unknown('a child that lives', operation.child, this.#children, 'child');
      case 'file':
        this.#files.add(operation.id);
        return null;
      case 'fwrite':
      case 'fsync':
        return unknown('a file of an earlier step', operation.id, this.#files, 'id');
      default:
        return null;
    }
  }

  #entries({ at, folios = {}, pages }: EntriesOp): StoryProblem | null {
    for (const [i, text] of pages.entries()) {
      if (this.#mapped.overlap(at + i, at + i + 1) === undefined) {
        return { field: 'at', text: `expected mapped pages, found ${at + i}, which is not` };
      }
      const word = parseEntryWord(text);
      if (word === null || !('folio' in word)) continue;
      const folio = folios[word.folio];
      if (folio === undefined) {
        const names = new Set(Object.keys(folios));
        return unknown('a folio of this step', word.folio, names, 'pages');
      }
      if (word.page >= 2 ** folio.order) {
        const found = `found ${text} in a folio of order ${folio.order}`;
        return { field: 'pages', text: `expected a page of the folio, ${found}` };
      }
    }
    return null;
  }

  #mmap(operation: MmapOp): StoryProblem | null {
    const { at, pages, kind, file } = operation;
    const other = this.#mapped.overlap(at, at + pages);
    if (other !== undefined) {
      const found = `found ${at} to ${at + pages - 1} over ${other.start} to ${other.end - 1}`;
      return { field: 'at', text: `expected pages that are not mapped, ${found}` };
    }
    this.#mapped.add(at, at + pages);
    const ofFile = kind === 'private' || kind === 'shared';
    if (!ofFile) {
      if (file === undefined) return null;
      return { field: 'file', text: `expected no file for kind ${kind}, found ${file}` };
    }
    if (file === undefined) {
      return {
        field: 'kind',
        text: `expected file: the id of a file for kind ${kind}, found nothing`,
      };
    }
    return unknown('a file of an earlier step', file, this.#files, 'file');
  }

  #mremap(at: number, pages: number, to: number): StoryProblem | null {
    if (at < to + pages && to < at + pages) {
      const text = `expected a new place apart from the old one, found ${to} inside ${at} to ${at + pages - 1}`;
      return { field: 'to', text };
    }
    this.#mapped.remove(to, to + pages);
    this.#mapped.remove(at, at + pages);
    this.#mapped.add(to, to + pages);
    return null;
  }
}

function unknown(
  what: string,
  id: string,
  known: ReadonlySet<string>,
  field: string,
): StoryProblem | null {
  if (known.has(id)) return null;
  const choices = [...known];
  const have = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  return { field, text: `expected ${what}${have}, found ${id}${didYouMean(id, choices)}` };
}
