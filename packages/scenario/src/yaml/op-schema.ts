import * as z from 'zod/mini';
import { entryWordForm } from '../entries/entry-word.ts';
import { ADVICE } from '../op/advice.ts';
import type { Operation } from '../op/operation.ts';
import { PROT_LETTERS } from '../op/prot.ts';
import { flag, MAX_PAGES, oneOf, oneOrMore, whole, word, wordLike } from './field.ts';

/** The name of an operation: the key of a step. */
export type OpName = Operation['op'];

/** What stands behind the key of a step: the operation without its name. */
export type OpBody<K extends OpName, O = Operation> = O extends { readonly op: OpName }
  ? K extends O['op']
    ? Omit<O, 'op'>
    : never
  : never;

const at = whole('the first page', 0, MAX_PAGES - 1);
const pages = whole('a number of pages', 1, MAX_PAGES);
const optional = z.exactOptional;
const range = { at, pages };
const touched = { ...range, step: optional(whole('a step in pages', 1, MAX_PAGES)) };
const prot = oneOf('a protection', PROT_LETTERS);
const label = word('a label');
const child = word('the id of a child');
const file = word('the id of a file');
const access = oneOf('an access', ['read', 'write']);

/** An object without other keys; `what` finishes "expected …". */
function fields<S extends z.core.$ZodLooseShape>(
  what: string,
  shape: S,
): z.ZodMiniObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: what });
}

const rangeBody = fields('a range: { at, pages }', range);
const plainBody = fields('nothing, or {}', {});
const forkBody = fields('a child: { id }', { id: child });
const recorderBody = fields('arguments: { args }', {
  args: oneOrMore('a list of words', word('a word')),
});

/**
 * Folio sizes that some machine has; which of them depends on the page size.
 * The bounds are two pages of 4K and the huge page of 64K pages.
 */
const THP_SIZES: readonly number[] = Array.from({ length: 17 }, (_, i) => 8 * 2 ** i);
const size = z.literal([...THP_SIZES], {
  error: 'a folio size in KiB (a power of two from 8 to 524288)',
});

/** Folio orders up to a huge page of 64K pages; frames below 2^36, the page frames of 48-bit memory. */
const folio = fields('{ order }', {
  order: whole('the order of a folio', 0, 13),
  kind: optional(oneOf('a kind of folio', ['anon', 'file', 'ksm'])),
  pfn: optional(whole('a page frame', 1, 2 ** 36 - 1)),
  exclusive: optional(wordLike('a digit 0 or 1 for each page', /^[01]{1,8192}$/)),
  shared: optional(flag('whether another process maps it too')),
});

const entry = wordLike(
  'an entry (A0:wdysucn, none, zero, swap, guard, uffd-marker, migration-write:A0 …)',
  entryWordForm(),
);

/** The shape of every operation, by its name. */
export const OP_BODIES: { readonly [K in OpName]: z.ZodMiniType<OpBody<K>> } = {
  thp: fields('{ kb, enabled }', {
    kb: size,
    enabled: oneOf('a setting', ['always', 'madvise', 'never']),
    memory: optional(oneOf('a kind of memory', ['anon', 'shmem'])),
  }),
  mmap: fields('{ at, pages, prot, kind }', {
    ...range,
    prot,
    kind: oneOf('a kind of mapping', ['anon', 'shanon', 'private', 'shared']),
    file: optional(file),
    fileAt: optional(whole('a page of the file', 0, MAX_PAGES - 1)),
  }),
  munmap: rangeBody,
  mlock: rangeBody,
  mprotect: fields('{ at, pages, prot }', {
    at,
    // A length of zero is a valid call that does nothing.
    pages: whole('a number of pages', 0, MAX_PAGES),
    prot,
  }),
  madvise: fields('{ at, pages, advice }', { ...range, advice: oneOf('advice', ADVICE) }),
  mremap: fields('{ at, pages, to }', {
    ...range,
    to: whole('the new first page', 0, MAX_PAGES - 1),
  }),
  node: fields('{ at, pages, node }', { ...range, node: whole('a memory node', 0, 255) }),
  numa_scan: rangeBody,
  read: fields('{ at, pages }', touched),
  write: fields('{ at, pages }', touched),
  faults: fields('{ label, access, at, pages }', { label, access, ...touched }),
  predict: fields('{ at, pages, access }', { ...range, access, child: optional(child) }),
  fork: forkBody,
  forkexit: forkBody,
  child: z.discriminatedUnion(
    'does',
    [
      fields('{ id, does: exit }', { id: child, does: z.literal('exit') }),
      fields('{ id, does, at, pages }', {
        id: child,
        does: z.enum(['read', 'write', 'munmap']),
        ...touched,
      }),
    ],
    { error: 'what the child does (does: read, write, munmap or exit)' },
  ),
  clear_refs: fields('{ mode }', {
    mode: z.literal([1, 4], { error: 'a mode (1: accessed, 4: soft-dirty)' }),
  }),
  pin: fields('{ at, pages }', { ...range, access: optional(access) }),
  unpin: rangeBody,
  migrate_start: rangeBody,
  migrate_end: plainBody,
  uffd: fields('{ mode }', {
    mode: oneOf('a mode', ['sync', 'async']),
    monitor: optional(oneOf('what the monitor does', ['resolve'])),
  }),
  uffd_reg: rangeBody,
  uffd_unreg: rangeBody,
  uffd_wp: fields('{ at, pages, on }', { ...range, on: flag('whether to protect') }),
  file: fields('{ id, path, pages }', { id: file, path: word('a path'), pages }),
  fwrite: fields('{ id, at, pages }', {
    id: file,
    ...range,
    chunk: optional(whole('pages per call', 1, MAX_PAGES)),
  }),
  fsync: fields('{ id }', { id: file }),
  fill: fields('{ at, pages, byte }', { ...range, byte: whole('a byte', 0, 255) }),
  ksm: fields('{ useZeroPages }', { useZeroPages: flag('whether KSM uses the zero page') }),
  zram: plainBody,
  swapoff: plainBody,
  flushtlb: plainBody,
  entries: fields('{ at, pages }', {
    at,
    folios: optional(
      z.record(wordLike('the name of a folio: a capital letter', /^[A-Z]$/), folio, {
        error: 'folios by name',
      }),
    ),
    pages: oneOrMore('a list of entries', entry),
  }),
  dump: fields('{ label }', {
    label,
    at: optional(at),
    pages: optional(pages),
    child: optional(child),
  }),
  vmas: fields('{ label }', { label }),
  seqmax: recorderBody,
  notrace: recorderBody,
  sleep: recorderBody,
  sysw: recorderBody,
};

/** The names of all operations. */
export const OP_NAMES: readonly OpName[] = Object.keys(OP_BODIES) as OpName[];

/** Operations without fields: a step may be their bare name. */
export const PLAIN_OPS: readonly OpName[] = ['zram', 'swapoff', 'flushtlb', 'migrate_end'];
