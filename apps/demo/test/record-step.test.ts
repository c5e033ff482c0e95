import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelRelease, TraceEvent } from '@ptelab/pte';
import { createMachine, parseScenario, Story, STORY_BASE_VPN } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { FilmPlayer, filmLength } from '../src/model/film-player.ts';
import { storyWindow } from '../src/model/story-window.ts';
import type { TableFrame } from '../src/model/table-frame.ts';
import { captureFrame, FolioNumbers } from '../src/worker/capture-frame.ts';
import { recordStep } from '../src/worker/record-step.ts';

const ROOT = join(import.meta.dirname, '../../../scenarios');

function scenarioFiles(): string[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .filter((name) => !name.includes('order-'));
}

const words = ({ kind, pfn, bits }: TableFrame): unknown => [kind, pfn, bits].map(String);

/** The whole table whenever a call is traced, the slow way: what a film must show as after the call before. */
function whole(text: string, kernel: KernelRelease, index: number): unknown[] {
  const scenario = parseScenario(text, 'x');
  const story = new Story(createMachine({ arch: 'arm64', kernel }));
  const window = storyWindow(scenario);
  const states: { state: unknown; fn: string | undefined }[] = [];
  const look = (event?: TraceEvent): void => {
    states.push({
      state: words(captureFrame(story.mm, STORY_BASE_VPN, window, new FolioNumbers())),
      fn: event?.fn,
    });
  };
  for (const { operation } of scenario.steps.slice(0, index)) story.apply(operation);
  story.mm.trace = look;
  story.apply(scenario.steps[index]!.operation);
  story.mm.trace = null;
  look();
  return states;
}

describe.each(scenarioFiles())('%s', (name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');
  const scenario = parseScenario(text, name);
  const calls = scenario.steps.flatMap(({ operation: { op } }, i) =>
    op === 'mprotect' ? [i] : [],
  );
  const small = storyWindow(scenario).pages <= 128;

  it.skipIf(!small)('shows after every call what the table holds', () => {
    for (const kernel of ['6.16', '6.17'] as const) {
      for (const index of calls) {
        const film = recordStep(scenario, createMachine({ arch: 'arm64', kernel }), index);
        const player = new FilmPlayer(film);
        const states = whole(text, kernel, index) as { state: unknown; fn?: string }[];
        expect(states).toHaveLength(film.events.count + 1);
        for (let k = 1; k <= film.events.count; k++) {
          // In the middle of contpte_convert a film shows the block empty; the model skips that.
          if (states[k - 1]!.fn === 'contpte_convert' && states[k]!.fn === 'flush_tlb_range')
            continue;
          player.seek(k);
          expect([k, words(player.frame)]).toEqual([k, states[k]!.state]);
        }
      }
    }
  });

  it.skipIf(!small)('plays backwards as forwards, and counts', () => {
    for (const index of calls) {
      const film = recordStep(scenario, createMachine({ arch: 'arm64', kernel: '6.16' }), index);
      const player = new FilmPlayer(film);
      player.seek(filmLength(film));
      expect(player.frame).toEqual(film.after);
      expect(player.counters()).toEqual(film.total);
      player.seek(0);
      expect(player.frame).toEqual(film.before);
    }
  });
});
