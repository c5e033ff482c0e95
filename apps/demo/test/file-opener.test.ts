import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createMachine, parseScenario, runScenario, type MachineSpec } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { FileOpener } from '../src/open/file-opener.ts';
import type { OpenedFile, OpenedStory } from '../src/open/opened.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ARM: MachineSpec = { arch: 'arm64', kernel: '7.3' };

async function openBytes(
  name: string,
  bytes: Uint8Array,
): Promise<{ file: OpenedFile; opener: FileOpener }> {
  const opener = new FileOpener();
  return { opener, file: await opener.open(name, new Uint8Array(bytes)) };
}

async function openText(text: string): Promise<{ file: OpenedFile; opener: FileOpener }> {
  return openBytes('a.file', Buffer.from(text));
}

async function openPath(path: string): Promise<{ file: OpenedFile; opener: FileOpener }> {
  return openBytes(path, readFileSync(join(ROOT, path)));
}

/** Runs a story; it must come to its end, and the step to look at must change entries. */
function changedBy({ text, machines, step }: OpenedStory): number | null {
  const run = runScenario(parseScenario(text, 'story'), createMachine(machines?.[0] ?? ARM));
  expect(run.unsupported).toBeNull();
  return run.steps[step]?.mprotect?.changed ?? null;
}

describe('recordings', () => {
  it('are listed, and run on the machine that they were made on', async () => {
    const { file, opener } = await openPath('recordings/arm64-7.3-a72.ndjson.gz');
    expect(file.what).toBe('recordings');
    const index = file.choices.findIndex(({ detail }) => detail.includes('2 mprotect'));
    expect(file.choices[index]?.detail).toMatch(/^arm64 7\.3.*cortex-a72, 2 mprotect calls$/);
    const story = opener.storyOf(index);
    expect(story.machines).toMatchObject([
      { arch: 'arm64', kernel: '7.3', arm64: { hwAfDbm: false } },
    ]);
    expect(changedBy(story)).toBeGreaterThan(0);
  });
});

describe('logs of strace', () => {
  it.each(['java-hashmap', 'node-json', 'python-startup', 'rustc'])(
    'become stories of their largest calls: %s',
    async (name) => {
      const { file, opener } = await openPath(`traces/${name}.strace.gz`);
      expect(file.what).toBe('mprotect calls of an strace log');
      for (const index of [0, 7, 20])
        expect(changedBy(opener.storyOf(index))).toBeGreaterThanOrEqual(0);
    },
  );

  it('tell what was done to the same pages before', async () => {
    const log = [
      '7 mmap(NULL, 1048576, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, -1, 0) = 0x7f0000000000',
      '7 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7e0000000000',
      '7 mprotect(0x7f0000000000, 262144, PROT_READ|PROT_WRITE) = 0',
      '7 madvise(0x7f0000010000, 65536, MADV_DONTNEED) = 0',
      '7 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 8',
      '8 mprotect(0x7f0000000000, 131072, PROT_READ) = 0',
      '7 mprotect(0x7f0000000000, 4096, PROT_READ) = -1 ENOMEM (Cannot allocate memory)',
    ];
    const { file, opener } = await openText(`${log.join('\n')}\n`);
    expect(file.choices).toEqual([
      { label: '256 KiB become rw', detail: 'line 3, pid 7' },
      { label: '128 KiB become r', detail: 'line 6, pid 8' },
    ]);
    const story = opener.storyOf(1);
    expect(parseScenario(story.text, 'story').steps.map(({ operation }) => operation)).toEqual(
      [
        { op: 'mmap', at: 32, pages: 64, prot: 'none', kind: 'anon' },
        { op: 'mprotect', at: 32, pages: 64, prot: 'rw' },
        { op: 'write', at: 32, pages: 64 },
        { op: 'madvise', at: 48, pages: 16, advice: 'DONTNEED' },
        { op: 'mprotect', at: 32, pages: 32, prot: 'r' },
      ].map((operation) => expect.objectContaining(operation) as unknown),
    );
    expect(changedBy(story)).toBe(16);
  });
});

describe('long logs', () => {
  const map = `1 mmap(0x10000000, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0) = 0x10000000`;

  it('are read whole, and know which calls came before', async () => {
    const calls = Array.from(
      { length: 20_000 },
      () => '1 mprotect(0x10000000, 4096, PROT_READ) = 0',
    );
    const { file, opener } = await openText([map, ...calls].join('\n'));
    expect(file.choices).toHaveLength(2000);
    expect(parseScenario(opener.storyOf(3).text, 'story').steps).toHaveLength(2 + 2 * 3 + 1);
  });

  it('give a child the calls of its parent so far, and no later ones', async () => {
    const change = (pid: number, prot: string): string =>
      `${pid} mprotect(0x10000000, 8192, ${prot}) = 0`;
    const log = [map, '1 fork() = 2', change(1, 'PROT_NONE'), change(2, 'PROT_READ|PROT_WRITE')];
    const { file, opener } = await openText(log.join('\n'));
    const child = file.choices.findIndex(({ detail }) => detail === 'line 4, pid 2');
    const ops = parseScenario(opener.storyOf(child).text, 'story').steps;
    expect(ops.map(({ operation }) => operation.op)).toEqual(['mmap', 'read', 'mprotect']);
  });
});

describe('snapshots', () => {
  it.each(['java', 'folios'])('become page tables of their memory: %s', async (name) => {
    const { file, opener } = await openPath(`packages/kernel/test/snapshots/${name}.parquet`);
    expect(file.what).toBe('memory of a snapshot');
    expect(file.choices[0]?.detail).toMatch(/ in folios of /);
    for (let index = 0; index < Math.min(file.choices.length, 5); index++) {
      expect(changedBy(opener.storyOf(index))).toBeGreaterThan(0);
    }
  });
});

describe('scenarios', () => {
  it('are shown as they are, and op lines as the scenarios that they tell', async () => {
    const text = readFileSync(join(ROOT, 'scenarios/basics/hole.yaml'), 'utf8');
    const { file, opener } = await openText(text);
    expect(file.choices).toHaveLength(1);
    expect(opener.storyOf(0).text).toBe(text);
    const lines = await openText('scenario a\nmmap 0 4 rw anon\nw 0 4\nmprotect 0 4 r\nend\n');
    expect(lines.file.what).toBe('scenarios');
    expect(changedBy(lines.opener.storyOf(0))).toBe(4);
  });
});

describe('other files', () => {
  it.each([
    ['{"schema":2}\n', /^a\.file:1: /],
    ['hello\n', /^a\.file.*: expected/],
    ['', /^a\.file.*: expected/],
    ['steps:\n  - nothing: {}\n', /^a\.file:\d+.*: /],
    ['scenario a\nmprotekt 0 4 r\n', /^a\.file:2: /],
    ['7 getpid() = 7\n', /^a\.file: expected a successful mprotect in the log, found none$/],
  ])('are refused in one line: %j', async (text, message) => {
    await expect(openText(text)).rejects.toThrow(message);
    await expect(openText(text)).rejects.not.toThrow(/\n/);
  });

  it.each(['PAR1', 'name: x'])('are refused when they are too large: %s', async (start) => {
    const bytes = new Uint8Array(64 * 2 ** 20 + 1);
    bytes.set(Buffer.from(start));
    await expect(openBytes('e', bytes)).rejects.toThrow('e: expected at most 64 MiB, found 65');
  });

  it('are refused when they are damaged', async () => {
    const packed = gzipSync(Buffer.from('x'.repeat(10_000)));
    await expect(openBytes('b.gz', packed.subarray(0, 20))).rejects.toThrow(
      'b.gz: expected whole gzip, found it damaged or cut off',
    );
    await expect(openBytes('c', Uint8Array.of(0xff, 0xfe, 0xfd))).rejects.toThrow(
      'c: expected text, found bytes that are none',
    );
    await expect(openBytes('d', Buffer.from('PAR1 nothing of it PAR1'))).rejects.toThrow(/^d: /);
  });
});
