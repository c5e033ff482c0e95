import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { conformFiles, readRecordings, type Mismatch, type Recording } from '../src/index.ts';

/*
 * A comparison that can't fail proves nothing: each test spoils one fact of a real recording and
 * expects exactly that fact to be reported.
 */

const recordings = join(import.meta.dirname, '../../../recordings');
const scratch = mkdtempSync(join(tmpdir(), 'ptelab-conform-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

async function recordingOf(file: string, scenario: string): Promise<Recording> {
  for await (const recording of readRecordings(join(recordings, file))) {
    if (recording.scenario === scenario) return recording;
  }
  throw new Error(`${scenario} is not in ${file}`);
}

async function conformSpoilt(recording: Recording, mode: 'step' | 'story'): Promise<Mismatch[]> {
  const path = join(scratch, `${recording.scenario}.ndjson`);
  writeFileSync(path, `${JSON.stringify(recording)}\n`);
  const mismatches: Mismatch[] = [];
  await conformFiles([path], { mode, onMismatch: (mismatch) => mismatches.push(mismatch) });
  return mismatches;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

async function spoil(
  mode: 'step' | 'story',
  change: (recording: Mutable<Recording>) => void,
): Promise<string[]> {
  const recording = structuredClone(await recordingOf('arm64-7.2.ndjson.gz', 'a_64k_whole'));
  change(recording as Mutable<Recording>);
  return (await conformSpoilt(recording, mode)).map((mismatch) => mismatch.what);
}

function dumpOf(recording: Mutable<Recording>, label: string) {
  const step = recording.steps.find((other) => other.t === 'dump' && other.label === label);
  if (step?.t !== 'dump') throw new Error(`no dump ${label}`);
  return step;
}

function firstMprotect(recording: Mutable<Recording>) {
  const step = recording.steps.find((other) => other.t === 'op' && other.op.startsWith('mprotect'));
  if (step?.t !== 'op') throw new Error('no mprotect');
  return step;
}

it('an untouched recording agrees', async () => {
  expect(await spoil('step', () => undefined)).toEqual([]);
  expect(await spoil('story', () => undefined)).toEqual([]);
});

it.each(['step', 'story'] as const)('%s mode sees one flipped bit of one entry', async (mode) => {
  const what = await spoil(mode, (recording) => {
    const dump = dumpOf(recording, 'r');
    dump.pte[17] = (dump.pte[17] ?? '').replace(/^0x00f0/, '0x00f8');
  });
  // In step mode the next call starts from the spoilt entry, and parts from its trace as well.
  expect(what).toContain('pte 17');
});

it('story mode sees nothing but the flipped bit', async () => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'after');
    dump.pte[17] = (dump.pte[17] ?? '').replace(/^0x00f8/, '0x00e8');
  });
  expect(what).toEqual(['pte 17']);
});

it.each(['step', 'story'] as const)('%s mode sees one flipped PageAnonExclusive', async (mode) => {
  const what = await spoil(mode, (recording) => {
    dumpOf(recording, 'rw').anon_excl[5] = 0;
  });
  expect(what).toEqual(['PageAnonExclusive 5']);
});

it.each(['step', 'story'] as const)(
  '%s mode sees a call that is missing from the trace',
  async (mode) => {
    const what = await spoil(mode, (recording) => {
      const step = firstMprotect(recording);
      step.seq = (step.seq ?? []).filter((line) => !line.startsWith('k_start'));
    });
    expect(what).toEqual(['call 2']);
  },
);

it.each(['step', 'story'] as const)('%s mode sees a wrong total', async (mode) => {
  const what = await spoil(mode, (recording) => {
    const step = firstMprotect(recording);
    step.counters = { ...step.counters, 'k_commit:': 5 };
  });
  expect(what).toEqual(['counter k_commit']);
});

it('step mode sees an entry that names another frame', async () => {
  const what = await spoil('step', (recording) => {
    const dump = dumpOf(recording, 'r');
    dump.pte[3] = dump.pte[4] ?? null;
  });
  expect(what[0]).toBe('pte 3');
});

it('story mode sees a frame that stands for two pages', async () => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'r');
    dump.pte[3] = dump.pte[4] ?? null;
  });
  expect(what).toEqual(['pte 3']);
});

it('story mode sees a fault that was not taken', async () => {
  const what = await spoil('story', (recording) => {
    const faults = recording.steps.find((step) => step.t === 'faults');
    if (faults?.t === 'faults') faults.vec = faults.vec.replace('0', '1');
  });
  expect(what).toEqual(['faults']);
});

it('both modes see a VMA with other permissions', async () => {
  for (const mode of ['step', 'story'] as const) {
    const what = await spoil(mode, (recording) => {
      const vmas = recording.steps.find((step) => step.t === 'vmas');
      if (vmas?.t === 'vmas' && vmas.vmas[0] !== undefined) vmas.vmas[0].perms = 'r--p';
    });
    expect(what).toEqual(['VMAs']);
  }
});

it('both modes see the batching of another kernel', async () => {
  for (const mode of ['step', 'story'] as const) {
    const what = await spoil(mode, (recording) => {
      recording.kernel = '6.12.107+deb13-arm64';
    });
    expect(what.length).toBeGreaterThan(0);
  }
});

const KPF_BITS = { REFERENCED: 2, DIRTY: 4, LRU: 5, SWAPBACKED: 14, KSM: 21, MLOCKED: 33 } as const;

function flipped(hex: string | null | undefined, bit: number): string {
  const value = BigInt(hex ?? '0x0') ^ (1n << BigInt(bit));
  return `0x${value.toString(16).padStart(16, '0')}`;
}

it.each(Object.entries(KPF_BITS))('story mode sees a flipped kpageflags %s', async (name, bit) => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'r');
    dump.kpageflags[5] = flipped(dump.kpageflags[5], bit);
  });
  expect(what).toEqual([`kpageflags ${name} 5`]);
});

it('story mode sees a folio of another order', async () => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'r');
    dump.kpageflags[8] = dump.kpageflags[0] ?? null;
  });
  expect(what).toEqual(['kpageflags COMPOUND_HEAD 8', 'kpageflags COMPOUND_TAIL 8']);
});

it.each([
  ['SOFT_DIRTY', 55],
  ['MMAP_EXCLUSIVE', 56],
  ['UFFD_WP', 57],
  ['GUARD_REGION', 58],
  ['FILE', 61],
  ['SWAP', 62],
] as const)('story mode sees a flipped pagemap %s', async (name, bit) => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'after');
    dump.pagemap[9] = flipped(dump.pagemap[9], bit);
  });
  expect(what).toEqual([`pagemap ${name} 9`]);
});

it('story mode sees a pagemap that names another frame than the entry', async () => {
  const what = await spoil('story', (recording) => {
    const dump = dumpOf(recording, 'after');
    dump.pagemap[9] = dump.pagemap[10] ?? null;
  });
  expect(what).toEqual(['pagemap frame 9']);
});

it('story mode sees wrong mapcounts', async () => {
  const what = await spoil('story', (recording) => {
    dumpOf(recording, 'r').mapcount[3] = 1;
    dumpOf(recording, 'rw').kpagecount[4] = 2;
  });
  expect(what).toEqual(['mapcount 3', 'kpagecount 4']);
});

it.each([-1, 1])('story mode sees minor faults that are off by %i', async (change) => {
  const what = await spoil('story', (recording) => {
    const write = recording.steps.find((step) => step.t === 'op' && step.op.startsWith('w '));
    if (write?.t === 'op') write.minflt = (write.minflt ?? 0) + change;
  });
  expect(what).toEqual(['minor faults']);
});

it('what the scheduler decides is an input, but bounded', async () => {
  const recording = structuredClone(await recordingOf('arm64-7.2.ndjson.gz', 'e_4k_child_alive'));
  const fork = (recording as Mutable<Recording>).steps.find(
    (step) => step.t === 'op' && step.op.startsWith('fork '),
  );
  if (fork?.t !== 'op') throw new Error('no fork');
  fork.minflt = 2;
  expect(await conformSpoilt(recording, 'story')).toEqual([]);
  fork.minflt = 4;
  expect((await conformSpoilt(recording, 'story')).map(({ what }) => what)).toEqual([
    'minor faults',
  ]);
});

it('story mode sees an attempt to fold pages of a smaller folio that is missing', async () => {
  const recording = structuredClone(await recordingOf('arm64-6.12.ndjson.gz', 'c_4k_whole'));
  const calls = (recording as Mutable<Recording>).steps.find(
    (step) => step.t === 'op' && (step.seq ?? []).some((line) => line.startsWith('k_cfold:')),
  );
  if (calls?.t !== 'op') throw new Error('no attempt');
  const seq = calls.seq ?? [];
  const at = seq.findIndex((line) => line.startsWith('k_cfold:'));
  calls.seq = seq.filter((_, i) => i !== at);
  const found = await conformSpoilt(recording, 'story');
  expect(found.map(({ what }) => what.replace(/\d+/, 'N'))).toEqual(['call N']);
});

it.each(['step', 'story'] as const)(
  'a file on an unknown mount point ends the recording: %s',
  async (mode) => {
    const recording = structuredClone(
      await recordingOf('arm64-7.2.ndjson.gz', 'i_ext4_shared_fsync'),
    );
    for (const step of recording.steps) {
      if (step.t === 'op') Object.assign(step, { op: step.op.replace('/mnt/', '/elsewhere/') });
    }
    const path = join(scratch, `elsewhere-${mode}.ndjson`);
    writeFileSync(path, `${JSON.stringify(recording)}\n`);
    let lacks = {};
    const summary = await conformFiles([path], {
      mode,
      onFile: (report) => (lacks = report.lacks),
    });
    expect(Object.keys(lacks)).toEqual([expect.stringContaining('a file at /elsewhere/')]);
    expect(summary.steps).toBe(0);
    expect(summary.unsupported).toBeGreaterThan(1);
  },
);

it('with an empty TLB, old pages of the program explain faults of no mprotect', async () => {
  const recording = structuredClone(await recordingOf('arm64-6.12-a72.ndjson.gz', 'j_64k_young'));
  const ops = recording.steps.filter((step) => step.t === 'op');
  const young = ops.findIndex((step) => step.op === 'clear_refs 1');
  const mprotect = ops.slice(young).find((step) => step.op.startsWith('mprotect'));
  if (young < 0 || mprotect === undefined) throw new Error('no mprotect after clear_refs 1');
  Object.assign(mprotect, { minflt: (mprotect.minflt ?? 0) + 1 });
  const mismatches = await conformSpoilt(recording, 'story');
  expect(mismatches.map((mismatch) => mismatch.what)).toEqual(['minor faults']);
});
