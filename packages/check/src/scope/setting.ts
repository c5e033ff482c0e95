import type { ProtLetters } from '@ptelab/scenario';

/** What the judged VMA maps. */
export type Mapping = 'anon' | 'private-file' | 'shmem' | 'ext4';

/** What is asked of the VMA. */
type CallKind = 'mprotect' | 'uffd-protect' | 'uffd-resolve' | 'numa-scan';

/** A VMA and a call on it: the same for all states of a block. */
export interface Setting {
  /** For people, e.g. `anon rw -> r`. */
  readonly name: string;
  readonly mapping: Mapping;
  readonly call: CallKind;
  /** Protection before the call. */
  readonly before: ProtLetters;
  /** Protection after it; the same for userfaultfd's calls. */
  readonly after: ProtLetters;
  /** Soft-dirty tracking is on: only where entries have a soft-dirty bit. */
  readonly tracking: boolean;
  /** The VMA is registered with userfaultfd for write-protection. */
  readonly userfaultfd: boolean;
  /** Hardware writes through every writable entry at the last moment. */
  readonly race: boolean;
}

interface Options {
  readonly tracking?: true;
  readonly userfaultfd?: true;
  readonly race?: true;
}

function change(
  mapping: Mapping,
  before: ProtLetters,
  after: ProtLetters,
  options: Options = {},
): Setting {
  const words = [
    `${mapping} ${before} -> ${after}`,
    options.tracking === true ? 'soft-dirty tracking' : '',
    options.userfaultfd === true ? 'userfaultfd' : '',
    options.race === true ? 'a store races' : '',
  ];
  return {
    name: words.filter((word) => word !== '').join(', '),
    mapping,
    call: 'mprotect',
    before,
    after,
    tracking: options.tracking ?? false,
    userfaultfd: options.userfaultfd ?? false,
    race: options.race ?? false,
  };
}

function watch(call: 'uffd-protect' | 'uffd-resolve', mapping: Mapping): Setting {
  const base = change(mapping, 'rw', 'rw', { userfaultfd: true });
  return { ...base, name: `${mapping} ${call}`, call };
}

function numaScan(mapping: Mapping): Setting {
  return { ...change(mapping, 'rw', 'rw'), name: `${mapping} numa-scan`, call: 'numa-scan' };
}

/** Every setting of the search, plainest first. */
export const SETTINGS: readonly Setting[] = [
  change('anon', 'r', 'rw'),
  change('anon', 'rw', 'r'),
  change('anon', 'rw', 'none'),
  change('anon', 'none', 'rw'),
  change('anon', 'r', 'none'),
  change('anon', 'none', 'r'),
  change('anon', 'r', 'rw', { tracking: true }),
  change('anon', 'none', 'rw', { tracking: true }),
  change('anon', 'rw', 'r', { race: true }),
  change('anon', 'r', 'rw', { userfaultfd: true }),
  watch('uffd-protect', 'anon'),
  watch('uffd-resolve', 'anon'),
  change('private-file', 'r', 'rw'),
  change('private-file', 'rw', 'r'),
  change('shmem', 'r', 'rw'),
  change('shmem', 'rw', 'r'),
  change('shmem', 'r', 'rw', { tracking: true }),
  change('shmem', 'r', 'rw', { userfaultfd: true }),
  watch('uffd-protect', 'shmem'),
  watch('uffd-resolve', 'shmem'),
  change('ext4', 'r', 'rw'),
  change('ext4', 'rw', 'r'),
  change('ext4', 'none', 'rw'),
  change('ext4', 'r', 'rw', { tracking: true }),
  numaScan('anon'),
  numaScan('shmem'),
];

/** True for settings in which an entry has one bit more to vary: userfaultfd's mark, or a NUMA hint. */
export function isWide(setting: Setting): boolean {
  return setting.userfaultfd || setting.call === 'numa-scan';
}

/** True for mappings whose pages other processes see. */
export function isSharedMapping(mapping: Mapping): boolean {
  return mapping === 'shmem' || mapping === 'ext4';
}
