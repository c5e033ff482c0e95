import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceEvent } from '@ptelab/pte';
import {
  createMachine,
  parseScenario,
  runScenario,
  Story,
  STORY_BASE_VPN,
  type MachineSpec,
  type Scenario,
} from '@ptelab/scenario';
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

interface WholeState {
  readonly state: unknown;
  /** The call that comes next. */
  readonly fn: string | undefined;
}

/** The whole table whenever a call is traced, the slow way: what a film must show as after the call before. */
function whole(text: string, spec: MachineSpec, index: number): WholeState[] {
  const scenario = parseScenario(text, 'x');
  const story = new Story(createMachine(spec));
  const window = storyWindow(scenario);
  const states: WholeState[] = [];
  const look = (event?: TraceEvent): void => {
    const frame = captureFrame(story.mm, STORY_BASE_VPN, window, new FolioNumbers());
    states.push({ state: words(frame), fn: event?.fn });
  };
  for (const { operation } of scenario.steps.slice(0, index)) story.apply(operation);
  story.mm.trace = look;
  story.apply(scenario.steps[index]!.operation);
  story.mm.trace = null;
  look();
  return states;
}

const MACHINES: readonly MachineSpec[] = [
  { arch: 'arm64', kernel: '6.16' },
  { arch: 'arm64', kernel: '6.17' },
  { arch: 'arm64', kernel: '7.3' },
  { arch: 'arm64', kernel: '7.3', arm64: { bbml2: true } },
  { arch: 'arm64', kernel: '6.19', strategy: 'context' },
  { arch: 'x86-64', kernel: '6.17' },
];

/** Steps that change protections and that the machine gets to. */
function filmedSteps(scenario: Scenario, spec: MachineSpec): number[] {
  const { unsupported } = runScenario(scenario, createMachine(spec), { trace: false });
  return scenario.steps.flatMap(({ operation: { op } }, i) =>
    /^(mprotect|uffd_wp|numa_scan)$/.test(op) && i < (unsupported?.step ?? Infinity) ? [i] : [],
  );
}

/** Compares a film, after every call, with the whole table. */
function expectExact(text: string, spec: MachineSpec): void {
  const scenario = parseScenario(text, 'x');
  for (const index of filmedSteps(scenario, spec)) {
    const film = recordStep(scenario, createMachine(spec), index);
    const player = new FilmPlayer(film);
    const states = whole(text, spec, index);
    expect(states).toHaveLength(film.events.count + 1);
    for (let k = 1; k <= film.events.count; k++) {
      // In the middle of contpte_convert a film shows the block empty; the model skips that.
      if (states[k - 1]!.fn === 'contpte_convert' && states[k]!.fn === 'flush_tlb_range') continue;
      player.seek(k);
      expect([k, words(player.frame)]).toEqual([k, states[k]!.state]);
    }
    player.seek(filmLength(film));
    expect(player.frame).toEqual(film.after);
    expect(player.counters()).toEqual(film.total);
    player.seek(0);
    expect(player.frame).toEqual(film.before);
  }
}

const small = scenarioFiles().filter((name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');
  return storyWindow(parseScenario(text, name)).pages <= 128;
});

describe.each(small)('%s', (name) => {
  const text = readFileSync(join(ROOT, name), 'utf8');

  it.each(MACHINES)('shows after every call what the table holds: %o', (spec) => {
    expectExact(text, spec);
  });
});

const story = (...steps: string[]): string =>
  `name: x\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;

it.each(MACHINES)('a huge page that is split on the way: %o', (spec) => {
  const text = story(
    'thp: { kb: 2048, enabled: always }',
    'mmap: { at: 0, pages: 528, prot: rw, kind: anon }',
    'write: { at: 0, pages: 528 }',
    'mprotect: { at: 500, pages: 20, prot: r }',
  );
  expectExact(text, spec);
});

it.each(MACHINES)('entries without a page, and markers: %o', (spec) => {
  const text = story(
    'thp: { kb: 64, enabled: always }',
    'mmap: { at: 0, pages: 64, prot: rw, kind: anon }',
    'write: { at: 0, pages: 40 }',
    'madvise: { at: 4, pages: 3, advice: PAGEOUT }',
    'migrate_start: { at: 20, pages: 4 }',
    'uffd: { mode: async }',
    'uffd_reg: { at: 0, pages: 64 }',
    'uffd_wp: { at: 2, pages: 60, on: true }',
    'mprotect: { at: 0, pages: 64, prot: r }',
    'uffd_wp: { at: 2, pages: 60, on: false }',
  );
  expectExact(text, spec);
});
