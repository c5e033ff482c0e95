import type { LoggedRequest } from './log.ts';
import { CLONE_VM, flagsOf, MAP, MREMAP, PROT } from './flag-words.ts';
import {
  bad,
  byteNumber,
  checkRange,
  fileOffset,
  pageAddress,
  printable,
  type Reader,
} from './reader.ts';

/** Advice by number (include/uapi/asm-generic/mman-common.h). */
const ADVICE: Readonly<Record<string, string>> = {
  '0': 'NORMAL',
  '1': 'RANDOM',
  '2': 'SEQUENTIAL',
  '3': 'WILLNEED',
  '4': 'DONTNEED',
  '8': 'FREE',
  '9': 'REMOVE',
  '10': 'DONTFORK',
  '11': 'DOFORK',
  '12': 'MERGEABLE',
  '13': 'UNMERGEABLE',
  '14': 'HUGEPAGE',
  '15': 'NOHUGEPAGE',
  '16': 'DONTDUMP',
  '17': 'DODUMP',
  '18': 'WIPEONFORK',
  '19': 'KEEPONFORK',
  '20': 'COLD',
  '21': 'PAGEOUT',
  '22': 'POPULATE_READ',
  '23': 'POPULATE_WRITE',
  '24': 'DONTNEED_LOCKED',
  '25': 'COLLAPSE',
  '102': 'GUARD_INSTALL',
  '103': 'GUARD_REMOVE',
};

/** Longest name of a program; the kernel's own names have 15. */
const MOST_NAME = 64;

type Arguments = readonly string[];

/** Reads the arguments of a call that succeeded with `value`. */
type RequestReader = (reader: Reader, args: Arguments, value: number) => LoggedRequest;

/** A call that is followed. */
interface FollowedCall {
  readonly group: 'memory' | 'process';
  /** Least and largest number of arguments. */
  readonly args: readonly [number, number];
  /**
   * Takes effect when it begins rather than when it returns. What is unmapped may be mapped by another
   * thread, and a child may run, before strace hears of the return.
   */
  readonly early: boolean;
  readonly read: RequestReader;
}

function at(args: Arguments, index: number): string {
  return args[index] ?? '';
}

function range(reader: Reader, args: Arguments): { start: number; length: number } {
  const start = pageAddress(reader, 'an address', at(args, 0));
  const length = byteNumber(reader, 'a length', at(args, 1));
  checkRange(reader, start, length);
  return { start, length };
}

const mmap: RequestReader = (reader, args, value) => {
  const length = byteNumber(reader, 'a length', at(args, 1));
  pageAddress(reader, 'a returned address', `0x${value.toString(16)}`);
  checkRange(reader, value, length);
  if (length === 0) bad(reader, 'a length above 0', at(args, 1));
  const file = /^(-?\d{1,10})(?:<(.*)>)?$/.exec(at(args, 4));
  if (file === null) return bad(reader, 'a descriptor', at(args, 4));
  return {
    call: 'mmap',
    length,
    prot: flagsOf(reader, 'a protection', at(args, 2), PROT),
    flags: flagsOf(reader, 'a kind of mapping', at(args, 3), MAP),
    fd: Number(file[1]),
    path: file[2] ?? null,
    offset: fileOffset(reader, at(args, 5)),
  };
};

const mprotect: RequestReader = (reader, args) => ({
  call: 'mprotect',
  ...range(reader, args),
  prot: flagsOf(reader, 'a protection', at(args, 2), PROT),
});

const pkeyMprotect: RequestReader = (reader, args) => {
  const plain = {
    ...range(reader, args),
    prot: flagsOf(reader, 'a protection', at(args, 2), PROT),
  };
  const pkey = at(args, 3);
  if (!/^(?:-1|\d{1,2})$/.test(pkey)) bad(reader, 'a protection key from -1 to 99', pkey);
  if (pkey === '-1') return { call: 'pkey_mprotect', ...plain };
  return { call: 'pkey_mprotect', ...plain, pkey: Number(pkey) };
};

const madvise: RequestReader = (reader, args) => {
  const text = at(args, 2);
  const name = /^MADV_([A-Z_]{1,32})$/.exec(text)?.[1];
  const number = /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? String(Number(text)) : undefined;
  const known = number === undefined ? undefined : (ADVICE[number] ?? number);
  const advice = name ?? known ?? bad(reader, 'advice (MADV_...) or a number', text);
  return { call: 'madvise', ...range(reader, args), advice };
};

const mremap: RequestReader = (reader, args, value) => {
  const start = pageAddress(reader, 'an address', at(args, 0));
  const oldLength = byteNumber(reader, 'an old length', at(args, 1));
  const newLength = byteNumber(reader, 'a new length', at(args, 2));
  const flags = flagsOf(reader, 'a kind of move', at(args, 3), MREMAP);
  pageAddress(reader, 'a returned address', `0x${value.toString(16)}`);
  checkRange(reader, start, oldLength);
  checkRange(reader, value, newLength);
  if (newLength === 0) bad(reader, 'a new length above 0', at(args, 2));
  const keepsOld = (flags & (MREMAP.MREMAP_DONTUNMAP ?? 0)) !== 0;
  return { call: 'mremap', start, oldLength, newLength, keepsOld };
};

const clone: RequestReader = (reader, args) => {
  const text = args.join(', ');
  const flags = /\bflags=([^,}\s]*)/.exec(text)?.[1];
  if (flags === undefined) return bad(reader, 'flags=...', text);
  const words = flags.split('|');
  const sharesMemory = words.some(
    (word) =>
      word === 'CLONE_VM' || (/^0x[0-9a-f]{1,8}$/i.test(word) && (Number(word) & CLONE_VM) !== 0),
  );
  return { call: 'fork', sharesMemory };
};

/** File name of a program, without what strace escapes or leaves out. */
function programName(reader: Reader, text: string): string {
  const path = /^"((?:[^"\\]|\\.)*)"(?:\.\.\.)?$/.exec(text)?.[1];
  if (path === undefined) return bad(reader, 'a path in quotes', text);
  return printable((path.split('/').at(-1) ?? path).slice(0, MOST_NAME));
}

const memory = { group: 'memory', early: false } as const;
const process = { group: 'process', early: true, args: [0, Infinity] } as const;

/** The calls that are followed, by the names that strace gives them. */
export const FOLLOWED: ReadonlyMap<string, FollowedCall> = new Map<string, FollowedCall>([
  ['mmap', { ...memory, args: [6, 6], read: mmap }],
  [
    'munmap',
    {
      ...memory,
      args: [2, 2],
      early: true,
      read: (reader, args) => ({ call: 'munmap', ...range(reader, args) }),
    },
  ],
  ['mprotect', { ...memory, args: [3, 3], read: mprotect }],
  ['pkey_mprotect', { ...memory, args: [4, 4], read: pkeyMprotect }],
  ['madvise', { ...memory, args: [3, 3], read: madvise }],
  ['mremap', { ...memory, args: [4, 5], early: true, read: mremap }],
  [
    'brk',
    {
      ...memory,
      args: [1, 1],
      read: (reader, _, value) => {
        byteNumber(reader, 'a returned address', `0x${value.toString(16)}`);
        return { call: 'brk' };
      },
    },
  ],
  ['fork', { ...process, read: () => ({ call: 'fork', sharesMemory: false }) }],
  ['vfork', { ...process, read: () => ({ call: 'fork', sharesMemory: true }) }],
  ['clone', { ...process, read: clone }],
  ['clone3', { ...process, read: clone }],
  [
    'execve',
    {
      ...process,
      early: false,
      read: (reader, args) => ({ call: 'exec', program: programName(reader, at(args, 0)) }),
    },
  ],
  [
    'execveat',
    {
      ...process,
      early: false,
      read: (reader, args) => ({ call: 'exec', program: programName(reader, at(args, 1)) }),
    },
  ],
]);

/** Calls that change memory or protection and are not followed: counted by name, never passed over. */
export const NOT_FOLLOWED: ReadonlySet<string> = new Set([
  'mbind',
  'migrate_pages',
  'mlock',
  'mlock2',
  'mlockall',
  'mmap2',
  'move_pages',
  'mseal',
  'munlock',
  'munlockall',
  'process_madvise',
  'remap_file_pages',
  'shmat',
  'shmdt',
  'userfaultfd',
]);
