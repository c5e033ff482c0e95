import type { Advice, ThpEnabled } from '@ptelab/mm';
import type { MappingKind, Operation, ProtLetters } from './operation.ts';
import { ADVICE } from './advice.ts';
import { OpLineError } from './op-line-error.ts';
import { formatEntries, readEntries } from './entries-line.ts';
import { PROT_LETTERS } from './prot.ts';

/** The words of an op line, taken one after the other. */
class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  next(what: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) {
      throw new OpLineError(
        `expected ${what}, found the end of ${JSON.stringify(this.#words.join(' '))}`,
      );
    }
    this.#at++;
    return word;
  }

  oneOf<T extends string>(what: string, choices: readonly T[]): T {
    const word = this.next(what);
    const choice = choices.find((candidate) => candidate === word);
    if (choice === undefined) {
      throw new OpLineError(
        `expected ${what} (${choices.join(', ')}), found ${JSON.stringify(word)}`,
      );
    }
    return choice;
  }

  number(what: string): number {
    const word = this.next(what);
    const value = /^(?:0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : NaN;
    if (!Number.isSafeInteger(value)) {
      throw new OpLineError(`expected ${what} (a number), found ${JSON.stringify(word)}`);
    }
    return value;
  }

  range(): { at: number; pages: number } {
    return { at: this.number('first page'), pages: this.number('number of pages') };
  }

  get more(): boolean {
    return this.#at < this.#words.length;
  }

  rest(): string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }
}

const MAPPING_KINDS: readonly MappingKind[] = ['anon', 'shanon', 'private', 'shared'];
const THP_ENABLED: readonly ThpEnabled[] = ['always', 'madvise', 'never'];

function touchStep(words: Words): { step?: number } {
  return words.more ? { step: words.number('step') } : {};
}

function readThp(words: Words): Operation {
  const kb = words.number('size in kB');
  const enabled = words.oneOf('setting', THP_ENABLED);
  if (!words.more) return { op: 'thp', kb, enabled };
  words.oneOf('memory', ['shmem_enabled']);
  return { op: 'thp', kb, enabled, memory: 'shmem' };
}

function readUffd(words: Words): Operation {
  const mode = words.oneOf('mode', ['sync', 'async']);
  if (!words.more) return { op: 'uffd', mode };
  return { op: 'uffd', mode, monitor: words.oneOf('monitor', ['resolve']) };
}

function readPin(words: Words): Operation {
  const range = words.range();
  if (!words.more) return { op: 'pin', ...range };
  return { op: 'pin', ...range, access: words.oneOf('access', ['read', 'write']) };
}

function readMmap(words: Words): Operation {
  const range = words.range();
  const prot: ProtLetters = words.oneOf('protection', PROT_LETTERS);
  const kind = words.oneOf('mapping kind', MAPPING_KINDS);
  return {
    op: 'mmap',
    ...range,
    prot,
    kind,
    ...(words.more ? { file: words.next('file id') } : {}),
    ...(words.more ? { fileAt: words.number('file page') } : {}),
  };
}

function readChild(words: Words): Operation {
  const id = words.next('child id');
  const verb = words.oneOf('child verb', ['w', 'r', 'u', 'x']);
  if (verb === 'x') return { op: 'child', id, does: 'exit' };
  const does = verb === 'w' ? 'write' : verb === 'r' ? 'read' : 'munmap';
  return { op: 'child', id, does, ...words.range(), ...touchStep(words) };
}

function readDump(words: Words): Operation {
  return {
    op: 'dump',
    label: words.next('label'),
    ...(words.more ? { at: words.number('first page') } : {}),
    ...(words.more ? { pages: words.number('number of pages') } : {}),
    ...(words.more ? { child: words.next('child id') } : {}),
  };
}

function readFaults(words: Words, access: 'read' | 'write'): Operation {
  return {
    op: 'faults',
    access,
    label: words.next('label'),
    ...words.range(),
    ...touchStep(words),
  };
}

function readPredict(words: Words): Operation {
  return {
    op: 'predict',
    ...words.range(),
    access: words.oneOf('access', ['read', 'write']),
    ...(words.more ? { child: words.next('child id') } : {}),
  };
}

const READERS: Readonly<Record<string, (words: Words) => Operation>> = {
  thp: readThp,
  mmap: readMmap,
  munmap: (words) => ({ op: 'munmap', ...words.range() }),
  mlock: (words) => ({ op: 'mlock', ...words.range() }),
  mprotect: (words) => ({
    op: 'mprotect',
    ...words.range(),
    prot: words.oneOf('protection', PROT_LETTERS),
  }),
  madvise: (words) => ({
    op: 'madvise',
    ...words.range(),
    advice: words.oneOf<Advice>('advice', ADVICE),
  }),
  mremap: (words) => ({ op: 'mremap', ...words.range(), to: words.number('new first page') }),
  node: (words) => ({ op: 'node', ...words.range(), node: words.number('node') }),
  numa_scan: (words) => ({ op: 'numa_scan', ...words.range() }),
  w: (words) => ({ op: 'write', ...words.range(), ...touchStep(words) }),
  r: (words) => ({ op: 'read', ...words.range(), ...touchStep(words) }),
  wf: (words) => readFaults(words, 'write'),
  rf: (words) => readFaults(words, 'read'),
  predict: readPredict,
  fork: (words) => ({ op: 'fork', id: words.next('child id') }),
  forkexit: (words) => ({ op: 'forkexit', id: words.next('child id') }),
  child: readChild,
  clear_refs: (words) => ({
    op: 'clear_refs',
    mode: words.oneOf('mode', ['1', '4']) === '1' ? 1 : 4,
  }),
  uffd: readUffd,
  pin: readPin,
  unpin: (words) => ({ op: 'unpin', ...words.range() }),
  migrate_start: (words) => ({ op: 'migrate_start', ...words.range() }),
  migrate_end: () => ({ op: 'migrate_end' }),
  uffd_reg: (words) => ({ op: 'uffd_reg', ...words.range() }),
  uffd_unreg: (words) => ({ op: 'uffd_unreg', ...words.range() }),
  uffd_wp: (words) => ({
    op: 'uffd_wp',
    ...words.range(),
    on: words.oneOf('0 or 1', ['0', '1']) === '1',
  }),
  file: (words) => ({
    op: 'file',
    id: words.next('file id'),
    path: words.next('path'),
    pages: words.number('number of pages'),
  }),
  fwrite: (words) => ({
    op: 'fwrite',
    id: words.next('file id'),
    ...words.range(),
    ...(words.more ? { chunk: words.number('pages per call') } : {}),
  }),
  fsync: (words) => ({ op: 'fsync', id: words.next('file id') }),
  fill: (words) => ({ op: 'fill', ...words.range(), byte: words.number('byte') }),
  ksm: (words) => ({ op: 'ksm', useZeroPages: words.oneOf('0 or 1', ['0', '1']) === '1' }),
  zram: () => ({ op: 'zram' }),
  swapoff: () => ({ op: 'swapoff' }),
  flushtlb: () => ({ op: 'flushtlb' }),
  entries: (words) => readEntries(words.number('first page'), words.rest()),
  dump: readDump,
  vmas: (words) => ({ op: 'vmas', label: words.next('label') }),
  seqmax: (words) => ({ op: 'seqmax', args: words.rest() }),
  notrace: (words) => ({ op: 'notrace', args: words.rest() }),
  sleep: (words) => ({ op: 'sleep', args: words.rest() }),
  sysw: (words) => ({ op: 'sysw', args: words.rest() }),
};

/**
 * Reads one op line of a recording's scenario text.
 *
 * @throws OpLineError naming what was expected and what was found.
 */
export function parseOpLine(line: string): Operation {
  const words = new Words(line.trim().split(/\s+/));
  const verb = words.next('a verb');
  const read = Object.hasOwn(READERS, verb) ? READERS[verb] : undefined;
  if (read === undefined) {
    throw new OpLineError(
      `expected a verb (${Object.keys(READERS).join(', ')}), found ${JSON.stringify(verb)}`,
    );
  }
  const operation = read(words);
  if (words.more)
    throw new OpLineError(
      `expected the end of the line, found ${JSON.stringify(words.rest().join(' '))}`,
    );
  return operation;
}

function join(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

/** Writes a step as an op line; the reverse of {@link parseOpLine}. */
export function formatOpLine(operation: Operation): string {
  const o = operation;
  switch (o.op) {
    case 'thp':
      return join('thp', o.kb, o.enabled, o.memory === 'shmem' ? 'shmem_enabled' : undefined);
    case 'mmap':
      return join('mmap', o.at, o.pages, o.prot, o.kind, o.file, o.fileAt);
    case 'mprotect':
      return join(o.op, o.at, o.pages, o.prot);
    case 'madvise':
      return join(o.op, o.at, o.pages, o.advice);
    case 'mremap':
      return join(o.op, o.at, o.pages, o.to);
    case 'write':
    case 'read':
      return join(o.op === 'write' ? 'w' : 'r', o.at, o.pages, o.step);
    case 'faults':
      return join(o.access === 'write' ? 'wf' : 'rf', o.label, o.at, o.pages, o.step);
    case 'child':
      if (o.does === 'exit') return join('child', o.id, 'x');
      return join(
        'child',
        o.id,
        o.does === 'write' ? 'w' : o.does === 'read' ? 'r' : 'u',
        o.at,
        o.pages,
        o.step,
      );
    case 'fork':
    case 'forkexit':
    case 'fsync':
      return join(o.op, o.id);
    case 'clear_refs':
      return join(o.op, o.mode);
    case 'uffd':
      return join(o.op, o.mode, o.monitor);
    case 'pin':
      return join(o.op, o.at, o.pages, o.access);
    case 'predict':
      return join(o.op, o.at, o.pages, o.access, o.child);
    case 'uffd_wp':
      return join(o.op, o.at, o.pages, o.on ? 1 : 0);
    case 'file':
      return join(o.op, o.id, o.path, o.pages);
    case 'fwrite':
      return join(o.op, o.id, o.at, o.pages, o.chunk);
    case 'fill':
      return join(o.op, o.at, o.pages, o.byte);
    case 'ksm':
      return join(o.op, o.useZeroPages ? 1 : 0);
    case 'entries':
      return join(o.op, o.at, ...formatEntries(o));
    case 'dump':
      return join(o.op, o.label, o.at, o.pages, o.child);
    case 'vmas':
      return join(o.op, o.label);
    case 'seqmax':
    case 'notrace':
    case 'sleep':
    case 'sysw':
      return join(o.op, ...o.args);
    case 'zram':
    case 'swapoff':
    case 'flushtlb':
    case 'migrate_end':
      return o.op;
    case 'node':
      return join(o.op, o.at, o.pages, o.node);
    case 'munmap':
    case 'mlock':
    case 'numa_scan':
    case 'unpin':
    case 'migrate_start':
    case 'uffd_reg':
    case 'uffd_unreg':
      return join(o.op, o.at, o.pages);
  }
}
