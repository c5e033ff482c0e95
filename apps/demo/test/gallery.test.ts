import { describe, expect, it } from 'vitest';
import { EXHIBITS } from '../src/gallery/exhibits.ts';
import type { Exhibit } from '../src/gallery/exhibit.ts';
import { isLook } from '../src/share/is-look.ts';
import { lookAt } from '../src/gallery/look-at.ts';
import { filmStep, outlineOf, runStory } from '../src/worker/answer.ts';
import type { StepSummary } from '../src/worker/protocol.ts';

function exhibit(id: string): Exhibit {
  const found = EXHIBITS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no exhibit ${id}`);
  return found;
}

/** What a step did on each machine of an exhibit. */
function did(id: string, step = exhibit(id).step): StepSummary[] {
  const { text, machines } = exhibit(id);
  return machines.map((spec) => runStory(text, spec, null).steps[step]!);
}

function counted(id: string, name: keyof StepSummary['counters'], step?: number): number[] {
  return did(id, step).map(({ counters }) => counters[name]);
}

describe('the gallery', () => {
  it.each(EXHIBITS.map(({ id }) => id))(
    '%s opens on a change of protection that every machine reaches, as its story expects',
    (id) => {
      const { text, machines, step, focus } = exhibit(id);
      const { steps, window } = outlineOf(text);
      expect(steps[step]?.op).toBe('mprotect');
      expect(focus).toBeLessThan(window.at + window.pages);
      for (const spec of machines) {
        const run = runStory(text, spec, null);
        expect(run.unsupported).toBeNull();
        expect(run.steps.flatMap(({ failed }) => failed)).toEqual([]);
      }
      expect(isLook({ ...lookAt(exhibit(id)), theme: 'auto', prices: {} })).toBe(true);
    },
  );

  it('says of the fork what it does', () => {
    expect(counted('fork', 'batches')).toEqual([64, 4]);
    expect(counted('fork', 'commits')).toEqual([64, 6]);
    expect(counted('fork', 'writeUpgrades')).toEqual([1, 1]);
  });

  it('says of the cover letter’s cases what they do', () => {
    expect(counted('t2', 'rawReads')).toEqual([20480, 768]);
    expect(counted('t2', 'unfolds')).toEqual([256, 0]);
    expect(counted('t2', 'folds')).toEqual([256, 0]);
    expect(counted('t2', 'batches')).toEqual([4096, 256]);
    expect(counted('t1', 'batches')).toEqual([4096, 8]);
    expect(counted('t1', 'xchg')[1]).toBe(4096);
    expect(counted('t3', 'batches')).toEqual([4096, 4096]);
    expect(counted('t3', 'pageLookups')).toEqual([0, 4096]);
  });

  it('says of sub-batches what they do', () => {
    expect(counted('sub-batches', 'batches')).toEqual([512, 1]);
    expect(counted('sub-batches', 'commits')).toEqual([512, 512]);
  });

  it('says of the bug what it does', () => {
    expect(counted('head-page', 'writeUpgrades')).toEqual([1, 0]);
  });

  it('says of soft-dirty tracking what it does', () => {
    expect(did('soft-dirty', 10).map(({ faults }) => faults)).toEqual([39, 0]);
  });

  it('says of erosion what it does', () => {
    expect(counted('erosion', 'folds')).toEqual([1, 0]);
  });

  it('says of mixed folios what they do', () => {
    expect(counted('mixed', 'batches')).toEqual([4, 4]);
    const { text, machines, step } = exhibit('mixed');
    for (const spec of machines) {
      expect(filmStep(text, spec, null, step).events.count).toBeGreaterThan(4);
    }
  });
});
