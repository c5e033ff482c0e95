import { join } from 'node:path';
import { predictFaults, UnsupportedError, type AccessResult, type AddressSpace } from '@ptelab/mm';
import { createMachine, parseOpLine, Story, type Operation } from '@ptelab/scenario';
import { expect, it } from 'vitest';
import { readRecordings, recordedMachine, type Recording } from '../src/index.ts';

const folder = join(import.meta.dirname, '../../../recordings');

/** One kernel of each architecture; that CPU leaves accessed and dirty to software. */
const FILES = ['amd64-7.2.ndjson.gz', 'arm64-6.12-a72.ndjson.gz'];

/** Families whose touches fault in more ways than one. */
const FAMILIES = 'befghilz';

/** Effects that the touches of those families are known to have, and their story to lead to. */
const EFFECTS = [
  'anon-new',
  'copy',
  'file-around',
  'file-copy',
  'file-huge',
  'file-map',
  'huge-new',
  'huge-reuse',
  'huge-zero',
  'reuse',
  'shared-notify',
  'shared-reuse',
  'swap-in',
  'zero-page',
];

function* operations(recording: Recording): Generator<Operation> {
  for (const step of recording.steps) {
    if (step.t === 'op') yield parseOpLine(step.op);
    if (step.t !== 'faults') continue;
    const access = step.access === 'w' ? 'write' : 'read';
    yield { op: 'faults', label: step.label, access, at: step.off, pages: step.n, step: step.step };
  }
}

/** Predicts every touch and compares. */
class Watch {
  readonly wrong: string[] = [];
  readonly effects = new Set<string>();
  touches = 0;

  touch(where: string, mm: AddressSpace, vpn: number, kind: 'read' | 'write') {
    const counted = JSON.stringify(mm.events);
    const predicted = predictFaults(mm, vpn, 1, kind);
    if (JSON.stringify(mm.events) !== counted) this.wrong.push(`${where}: predicting counted`);
    return (found: AccessResult): void => {
      this.touches++;
      for (const { faults, signal, effects } of predicted) {
        for (const { effect } of effects) this.effects.add(effect);
        if (faults === found.faults && signal === found.signal) continue;
        this.wrong.push(`${where}: ${kind} of ${vpn}: ${JSON.stringify({ found, effects })}`);
      }
    };
  }
}

it.each(FILES)('every touch of %s does what was predicted', async (file) => {
  const watch = new Watch();
  for await (const recording of readRecordings(join(folder, file))) {
    if (!FAMILIES.includes(recording.scenario.slice(0, 1))) continue;
    const story = new Story(createMachine(recordedMachine(recording, file)));
    for (const operation of operations(recording)) {
      const where = `${recording.scenario}: ${JSON.stringify(operation)}`;
      story.watchTouches = (mm, vpn, kind) => watch.touch(where, mm, vpn, kind);
      try {
        story.apply(operation);
      } catch (error) {
        if (error instanceof UnsupportedError) break;
        throw error;
      }
    }
  }
  expect(watch.wrong.slice(0, 5)).toEqual([]);
  expect(watch.touches).toBeGreaterThan(10_000);
  expect([...watch.effects]).toEqual(expect.arrayContaining(EFFECTS));
});
