import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import type { CallCounts, LoggedCall, LogEvent, StraceLog } from './log.ts';
import { straceLog } from './strace-log.ts';

const read = (...lines: string[]): StraceLog => straceLog('log', lines);
const call = (event: LogEvent | undefined): LoggedCall => {
  if (event?.kind !== 'call') throw new TypeError('no call');
  return event;
};
const only = (line: string): LoggedCall => call(read(line).events[0]);

const MPROTECT = 'mprotect(0x7f0000000000, 4096, PROT_READ) = 0';

describe('a line', () => {
  it.each([
    ['nothing in front', MPROTECT, 0],
    ['-f', `[pid  1234] ${MPROTECT}`, 1234],
    ['-f -o', `1234  ${MPROTECT}`, 1234],
    ['-t', `12:34:56 ${MPROTECT}`, 0],
    ['-tt', `12:34:56.789012 ${MPROTECT}`, 0],
    ['-ttt', `1795393923.154462 ${MPROTECT}`, 0],
    ['-f -ttt -o', `11601 1795393923.154462 ${MPROTECT}`, 11601],
    ['-f -tt', `[pid 7] 12:34:56.789012 ${MPROTECT}`, 7],
    ['-r', `     0.000027 ${MPROTECT}`, 0],
    ['-f -r -o', `42      0.000027 ${MPROTECT}`, 42],
    ['-r -tt', `12:34:56.789012 (+     0.000027) ${MPROTECT}`, 0],
    ['seconds since 1970', `1795393923 ${MPROTECT}`, 0],
  ])('is read with %s', (_, line, pid) => {
    const { request, ...rest } = only(line);
    expect(rest).toMatchObject({ line: 1, pid, name: 'mprotect', result: { kind: 'value' } });
    expect(request).toEqual({ call: 'mprotect', start: 0x7f0000000000, length: 4096, prot: 1 });
  });

  it.each([
    ['symbols', 'mprotect(0x1000, 8192, PROT_READ|PROT_EXEC) = 0', 8192, 5],
    ['hexadecimal numbers', 'mprotect(0x1000, 0x2000, 0x5) = 0', 8192, 5],
    ['both', 'mprotect(0x1000, 8192, PROT_READ|0x4) = 0', 8192, 5],
    ['numbers and comments', 'mprotect(0x1000, 8192, 0x5 /* PROT_READ|PROT_EXEC */) = 0', 8192, 5],
    ['nothing allowed', 'mprotect(0x1000, 8192, PROT_NONE) = 0', 8192, 0],
    ['a time', 'mprotect(0x1000, 8192, PROT_READ|PROT_EXEC) = 0 <0.000012>', 8192, 5],
  ])('tells protections as %s', (_, line, length, prot) => {
    expect(only(line).request).toEqual({ call: 'mprotect', start: 0x1000, length, prot });
  });

  it('tells how long the call took', () => {
    expect(only(`${MPROTECT} <0.000012>`).ns).toBe(12_000);
    expect(only(MPROTECT).ns).toBeNull();
  });

  it.each([
    [
      'mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3</usr/lib/a, (b).so>, 0x2000) = 0x7f0000001000',
      { flags: 2, fd: 3, path: '/usr/lib/a, (b).so', offset: 0x2000 },
    ],
    [
      'mmap(0x10000, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED_NOREPLACE|MAP_ANONYMOUS, -1, 0) = 0x10000',
      { flags: 0x100022, fd: -1, path: null, offset: 0 },
    ],
    [
      'mmap(NULL, 2097152, 0x3, 0x40022 /* MAP_... */|21<<MAP_HUGE_SHIFT, -1, 0) = 0x200000',
      { flags: 0x40022, prot: 3 },
    ],
    [
      'mmap(NULL, 1, PROT_READ, MAP_SHARED, 9, 0xc000000000000000) = 0x1000',
      { offset: 0xc000000000000000 },
    ],
    ['madvise(0x1000, 4096, MADV_DONTNEED) = 0', { advice: 'DONTNEED' }],
    ['madvise(0x1000, 4096, 0x15) = 0', { advice: 'PAGEOUT' }],
    ['madvise(0x1000, 4096, 0x77 /* MADV_??? */) = 0', { advice: '119' }],
    [
      'mremap(0x1000, 4096, 8192, MREMAP_MAYMOVE) = 0x5000',
      { oldLength: 4096, newLength: 8192, keepsOld: false },
    ],
    ['mremap(0x1000, 4096, 4096, MREMAP_MAYMOVE|MREMAP_DONTUNMAP) = 0x5000', { keepsOld: true }],
    ['pkey_mprotect(0x1000, 4096, PROT_READ, 3) = 0', { call: 'pkey_mprotect', pkey: 3 }],
    ['brk(NULL) = 0x55a4f69c7123', { call: 'brk' }],
    [
      'execve("/usr/bin/node", ["node", "a)b\\"c,"], 0x7ffd /* 20 vars */) = 0',
      { program: 'node' },
    ],
    ['vfork() = 12', { call: 'fork', sharesMemory: true }],
    ['fork() = 12', { sharesMemory: false }],
    ['clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS, tls=0x7f) = 12', { sharesMemory: true }],
    ['clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 12', { sharesMemory: false }],
    [
      'clone3({flags=0x3d0f00, exit_signal=0} => {parent_tid=[12]}, 88) = 12',
      { sharesMemory: true },
    ],
  ])('is understood: %s', (line, request) => {
    expect(only(line).request).toMatchObject(request);
  });

  it.each([
    ['= -1 ENOMEM (Cannot allocate memory)', { kind: 'error', errno: 'ENOMEM' }],
    ['= -1 (errno 512)', { kind: 'error', errno: 'errno 512' }],
    ['= ?', { kind: 'unknown', restart: null }],
    ['= ? ERESTARTSYS (To be restarted)', { kind: 'unknown', restart: 'ERESTARTSYS' }],
  ])('does nothing with %s', (ending, result) => {
    expect(only(`mprotect(0x1001, junk, junk) ${ending}`)).toMatchObject({ request: null, result });
  });
});

describe('lines of other kinds', () => {
  it('are counted, every one', () => {
    const log = read(
      '5 execve("a", [...], [...]) = 0',
      '5 openat(AT_FDCWD, "/x", O_RDONLY) = 3</x>',
      '5 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---',
      'strace: Process 6 attached',
      '',
      'what is this',
      '5 read(3, "..." <unfinished ...>',
      '5 <... read resumed>, 10) = 10',
      `5 ${MPROTECT}`,
      ' > /usr/lib/libc.so.6(__mprotect+0xb) [0x11b]',
      ' > /opt/vm/libjit.so(protect(char*)+0x1f) [0x2b]',
      ' > /opt/vm/vm(main+0x1) [0x3]',
      '5 +++ killed by SIGKILL (core dumped) +++',
    );
    expect(log.lines).toEqual({
      total: 13,
      memory: 1,
      process: 1,
      other: 2,
      resumed: 1,
      signals: 1,
      exits: 1,
      frames: 3,
      notices: 2,
      cut: 0,
      unparsable: 1,
    });
    expect(log.unparsable).toEqual([{ line: 6, text: '"what is this"' }]);
    expect(call(log.events[1]).frame).toBe('libjit.so(protect(char*)+0x1f)');
  });
});

describe('calls that two lines tell', () => {
  it('are joined, and take effect when they return', () => {
    const log = read(
      '1 mprotect(0x1000, 4096, PROT_READ <unfinished ...>',
      '2 mprotect(0x9000, 4096, PROT_READ) = 0',
      '1 <... mprotect resumed>) = 0 <0.000003>',
    );
    expect(log.events.map((event) => call(event).line)).toEqual([2, 1]);
    expect(log.calls.get('mprotect')).toMatchObject({ lines: 3, calls: 2, succeeded: 2 });
  });

  it('take effect when they begin if others can use what they give up', () => {
    const log = read(
      '1 munmap(0x1000, 4096 <unfinished ...>',
      '2 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x1000',
      '1 <... munmap resumed>) = 0',
    );
    expect(log.events.map((event) => call(event).name)).toEqual(['munmap', 'mmap']);
    expect(call(log.events[0]).request).not.toBeNull();
  });

  it('are counted and named if the end is missing, or the beginning', () => {
    const log = read(
      '1 <... mprotect resumed>) = 0',
      '1 munmap(0x1000, 4096 <unfinished ...>',
      '2 mprotect(0x1000, 4096, PROT_READ <unfinished ...>',
      '2 +++ exited with 0 +++',
    );
    expect(log.unfinished).toEqual([
      { line: 3, text: '"mprotect"' },
      { line: 2, text: '"munmap"' },
    ]);
    expect(log.calls.get('mprotect')).toMatchObject({ unfinished: 1, withoutBeginning: 1 });
  });

  it('go on under the pid of the first thread after an exec', () => {
    const log = read(
      '7 execve("b", [...], [...] <unfinished ...>',
      '5 +++ superseded by execve in pid 7 +++',
      '5 <... execve resumed>) = 0',
    );
    expect(log.events).toMatchObject([
      { kind: 'superseded', pid: 5, by: 7 },
      { kind: 'call', pid: 5, request: { call: 'exec', program: 'b' } },
    ]);
  });
});

describe('lines without a pid', () => {
  it('are of the process that turns out to have made the others', () => {
    const log = read(
      'brk(NULL) = 0x1000',
      'clone(child_stack=NULL, flags=SIGCHLDstrace: Process 5 attached',
      ' <unfinished ...>',
      '[pid     5] brk(NULL) = 0x1000',
      '[pid     4] <... clone resumed>) = 5',
      '[pid     5] +++ exited with 0 +++',
      'brk(NULL) = 0x1000',
    );
    const whose = log.events.map((event) =>
      event.kind === 'call' ? `${event.name} ${event.pid}` : `${event.kind} ${event.pid}`,
    );
    expect(whose).toEqual(['brk 0', 'clone 0', 'brk 5', 'named 4', 'exit 5', 'brk 4']);
    expect(call(log.events[1])).toMatchObject({ request: { call: 'fork' }, result: { value: 5 } });
  });
});

describe('a call that a message cuts in two', () => {
  const begins = 'clone(child_stack=NULL, flags=SIGCHLDstrace: Process 5 attached';

  it('goes on in the next line', () => {
    const log = read(
      begins,
      ', child_tidptr=0x7f6005a48a10) = 5',
      '[pid     5] brk(NULL) = 0x1000',
    );
    expect(log.lines).toMatchObject({ process: 1, resumed: 1, memory: 1, unparsable: 0 });
    expect(call(log.events[0])).toMatchObject({ pid: 0, request: { call: 'fork' } });
  });

  it('may be interrupted again', () => {
    const log = read(
      begins,
      ', child_tidptr=0x7f <unfinished ...>',
      '[pid     5] brk(NULL) = 0x1000',
      '[pid     4] <... clone resumed>) = 5',
    );
    expect(log.lines).toMatchObject({ process: 1, resumed: 2, unparsable: 0 });
    expect(call(log.events[0])).toMatchObject({ name: 'clone', result: { value: 5 } });
    expect(log.calls.get('clone')).toMatchObject({ lines: 3, calls: 1, unfinished: 0 });
  });
});

describe('a malformed call on memory', () => {
  it.each([
    ['mprotect(0x1001, 4096, PROT_READ) = 0', 'an address at the start of a page, found "0x1001"'],
    ['mprotect(0x1000, -4096, PROT_READ) = 0', 'a length from 0 to 2^48, found "-4096"'],
    ['mprotect(0x1000, 4096, PROT_RAED) = 0', 'a protection of known flags or a number'],
    ['mprotect(0x1000, 4096) = 0', '3 arguments, found "0x1000, 4096"'],
    ['mprotect(0x1000, 4096, PROT_READ', 'arguments and a result'],
    ['mprotect(0x1000, 4096, PROT_READ) is 0', 'arguments and a result'],
    ['brk(0x1) = 0xffffffffffff0000', 'a returned address from 0 to 2^48'],
    ['munmap(0xffffffffffff0000, 4096) = 0', 'an address from 0 to 2^48'],
    ['munmap(0xfffffffff000, 8192) = 0', 'a range that ends below 2^48'],
    ['mmap(NULL, 0, PROT_READ, MAP_PRIVATE, 3, 0) = 0x1000', 'a length above 0'],
    ['mmap(NULL, 1, PROT_READ, MAP_PRIVATE, 3, 0) = 0x1001', 'a returned address at the start of'],
    ['mmap(NULL, 1, PROT_READ, MAP_PRIVATE, x, 0) = 0x1000', 'a descriptor, found "x"'],
    ['madvise(0x1000, 4096, 1e3) = 0', 'advice (MADV_...) or a number'],
    ['pkey_mprotect(0x1000, 4096, 0, -2) = 0', 'a protection key from -1 to 99'],
    ['execve(node, [], []) = 0', 'a path in quotes, found "node"'],
    ['clone(child_stack=NULL) = 4', 'flags=..., found "child_stack=NULL"'],
    [`mprotect(${'['.repeat(1000)}`, 'arguments and a result'],
  ])('is refused: %s', (line, expected) => {
    const name = line.slice(0, line.indexOf('('));
    expect(() => read('', line)).toThrow(PtelabInputError);
    expect(() => read('', line)).toThrow(`log:2: ${name}: expected ${expected}`);
  });
});

function sum(log: StraceLog, key: keyof CallCounts): number {
  return [...log.calls.values()].reduce((total, counts) => total + counts[key], 0);
}

/** What holds of every log, whatever is in it. */
function expectAccounted(log: StraceLog, lines: number): void {
  const { total, memory, process, other, resumed, ...rest } = log.lines;
  expect(total).toBe(lines);
  const others = Object.values(rest).reduce((all, count) => all + count, 0);
  expect(memory + process + other + resumed + others).toBe(total);
  expect(sum(log, 'calls')).toBe(memory + process + other);
  expect(sum(log, 'lines')).toBe(memory + process + other + resumed);
  for (const counts of log.calls.values()) {
    const { succeeded, failed, unknown, unfinished } = counts;
    expect(succeeded + failed + unknown + unfinished).toBe(counts.calls);
  }
}

const PIECES = [
  ...[
    '1 ',
    '[pid 2] ',
    '12:00:00.5 ',
    '1795393923.1 ',
    'mprotect(',
    'mmap(',
    'clone(',
    'x(',
    'flags=',
  ],
  ...['0x1000', '4096', 'NULL', 'PROT_READ', 'MAP_ANONYMOUS', '-1', ', ', '|', ')', ' = 0', ' = ?'],
  ...[
    ' = -1 ENOMEM (x)',
    ' <unfinished ...>',
    '<... mprotect resumed>',
    '<... mmap resumed>',
    '"',
    '{',
  ],
  ...[
    '}',
    '/*',
    '*/',
    '3</a>',
    '+++ exited with 0 +++',
    '--- SIGSEGV ---',
    ' > a(b) [0x1]',
    '\\',
    '\0',
  ],
];
const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.constantFrom(
    `1 ${MPROTECT}`,
    '1 mprotect(0x1000, 4096, PROT_READ <unfinished ...>',
    '2 mprotect(0x1000, 4096, PROT_READ <unfinished ...>',
    '1 <... mprotect resumed>) = 0',
    '1 vfork( <unfinished ...>',
    '1 clone(flags=0strace: Process 2 attached',
    ', x=1) = 2',
    ' <unfinished ...>',
    '1 <... vfork resumed>) = 2',
    '2 +++ exited with 0 +++',
    '2 +++ superseded by execve in pid 1 +++',
  ),
);

describe('any lines at all', () => {
  it('are accounted for, or refused in one line', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        try {
          expectAccounted(straceLog('log', lines), lines.length);
        } catch (error) {
          if (!(error instanceof PtelabInputError)) throw error;
          expect(error.message).toMatch(/^log(?::\d+: \S+)?: expected [ -~]*, found [ -~]*$/);
        }
      }),
      { numRuns: 3000, seed: 6 },
    );
  });

  it('are refused if none is of strace', () => {
    const refusal = 'log: expected a log of strace, found 2 lines that are none of it';
    expect(() => read('\u001B[2J', '')).toThrow(refusal);
    expect(() => read()).toThrow('found 0 lines');
  });

  it('are shown without what a terminal obeys', () => {
    const log = read(
      '\u009B2J\u202E',
      '1 execve("/a/\u001B[2J", [], []) = 0',
      '1 madvise(0, 0, 4) = 0',
    );
    expect(log.unparsable[0]?.text).toBe('"\\u009b2J\\u202e"');
    expect(call(log.events[0]).request).toEqual({ call: 'exec', program: '\\u001b[2J' });
  });

  it('may have more names of calls than Linux has', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `call_${i}() = 0`);
    const log = straceLog('log', lines);
    expectAccounted(log, 3000);
    expect(log.calls.get('other names')?.calls).toBe(3000 - 1024);
  });
});
