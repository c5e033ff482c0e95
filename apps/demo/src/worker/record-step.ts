import { takeEvents } from '@ptelab/pte';
import {
  dumpVmas,
  Story,
  STORY_BASE_VPN,
  type Machine,
  type Operation,
  type Scenario,
} from '@ptelab/scenario';
import type { FilmTlbEntry, StepFilm } from '../model/film.ts';
import { storyWindow, type PageWindow } from '../model/story-window.ts';
import { captureFrame, FolioNumbers } from './capture-frame.ts';
import { FilmRecorder } from './film-recorder.ts';

/** The range of an operation that changes protections, or null. */
function changedRange(operation: Operation): PageWindow | null {
  const { op } = operation;
  if (op === 'mprotect' || op === 'uffd_wp' || op === 'uffd_unreg' || op === 'numa_scan') {
    return { at: operation.at, pages: operation.pages };
  }
  return null;
}

function tlbEntries(story: Story): FilmTlbEntry[] | null {
  if (story.mm.tlb === null) return null;
  return story.mm.tlb
    .entries()
    .map(({ vpn, pages, cont }) => ({ at: vpn - STORY_BASE_VPN, pages, cont }));
}

/**
 * Plays a story on a machine up to step `index` and films that step.
 *
 * @throws UnsupportedError if the model lacks something on the way.
 */
export function recordStep(scenario: Scenario, machine: Machine, index: number): StepFilm {
  const { tlb } = scenario;
  const story = new Story(machine, tlb === undefined ? {} : { tlb });
  const window = storyWindow(scenario);
  const folios = new FolioNumbers();
  for (const { operation } of scenario.steps.slice(0, index)) {
    story.apply(operation);
    // Folios keep their numbers from step to step.
    if (scenario.steps.length < NUMBERED_STEPS) {
      captureFrame(story.mm, STORY_BASE_VPN, window, folios);
    }
  }
  const operation = scenario.steps[index]?.operation;
  if (operation === undefined) throw new RangeError(`there is no step ${index + 1}`);
  const vmasBefore = dumpVmas(story.mm, STORY_BASE_VPN);
  const before = captureFrame(story.mm, STORY_BASE_VPN, window, folios);
  takeEvents(story.mm.events);
  const range = changedRange(operation);
  const recorder = new FilmRecorder(story.mm, STORY_BASE_VPN, before);
  if (range !== null) story.mm.trace = recorder.add;
  story.apply(operation);
  story.mm.trace = null;
  return {
    step: index,
    before,
    ...recorder.finish(),
    after: captureFrame(story.mm, STORY_BASE_VPN, window, folios),
    vmas: dumpVmas(story.mm, STORY_BASE_VPN),
    vmasBefore,
    range,
    total: takeEvents(story.mm.events),
    tlb: tlbEntries(story),
  };
}

/** Longer stories, from recordings, number folios from the step that is looked at. */
const NUMBERED_STEPS = 64;
