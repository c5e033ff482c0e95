import { VM_SHARED } from '@ptelab/pte';
import {
  cellsOfEntries,
  createMachine,
  entriesOfCells,
  formatScenario,
  protLetters,
  readCells,
  stepsOf,
  Story,
  STORY_BASE_VPN,
  type EntryCell,
  type MachineSpec,
  type Operation,
  type Scenario,
  type ScenarioStep,
} from '@ptelab/scenario';
import { storyWindow, type PageWindow } from '../model/story-window.ts';
import { MOST_PAINTED, type Edit } from './edit.ts';
import { paint, type PaintedTable, type PaintedVma } from './painted-table.ts';

/** A story that was painted, and which of its steps to look at. */
export interface PaintedStory {
  readonly text: string;
  readonly step: number;
}

/** A story taken apart: what makes the table, the table, and what is done to it. */
interface Parts {
  readonly head: readonly Operation[];
  readonly table: PaintedTable;
  readonly rest: readonly Operation[];
}

function emptyCells(pages: number): EntryCell[] {
  return Array.from({ length: pages }, () => ({ kind: 'none' }));
}

function isHead({ op, ...rest }: Operation): boolean {
  return op === 'thp' || (op === 'mmap' && 'kind' in rest && rest.kind === 'anon');
}

/** Steps that only make a table: settings, mappings, entries. */
function makingSteps(steps: readonly ScenarioStep[]): number {
  const end = steps.findIndex(({ operation }) => !isHead(operation) && operation.op !== 'entries');
  return end === -1 ? steps.length : end;
}

/** Takes a story apart that begins with the table that it is about. */
function partsOfPainted(steps: readonly ScenarioStep[], window: PageWindow, end: number): Parts {
  const operations = steps.map(({ operation }) => operation);
  const made = operations.slice(0, end);
  const cells = emptyCells(window.pages);
  const vmas: PaintedVma[] = [];
  for (const operation of made) {
    if (operation.op === 'mmap') {
      vmas.push(operation);
      cells.fill(
        { kind: 'none' },
        operation.at - window.at,
        operation.at - window.at + operation.pages,
      );
    }
    if (operation.op !== 'entries') continue;
    for (const [i, cell] of cellsOfEntries(operation).entries()) {
      cells[operation.at - window.at + i] = cell;
    }
  }
  return {
    head: made.filter(isHead),
    table: { at: window.at, cells, vmas },
    rest: operations.slice(end),
  };
}

/** Runs a story up to a step, and takes the table that it has then. */
function partsOfRun(
  steps: readonly ScenarioStep[],
  window: PageWindow,
  spec: MachineSpec,
  step: number,
): Parts {
  const story = new Story(createMachine(spec));
  const before = steps.slice(0, step).map(({ operation }) => operation);
  for (const operation of before) story.apply(operation);
  const vmas = story.mm.vmas.all.map(({ start, end, flags, file }): PaintedVma => {
    const at = start - STORY_BASE_VPN;
    if (file !== null || (flags & VM_SHARED) !== 0) {
      throw new RangeError(`expected private anonymous memory to paint, found other at page ${at}`);
    }
    return { at, pages: end - start, prot: protLetters(flags) };
  });
  const maps = vmas.map((vma): Operation => ({ op: 'mmap', ...vma, kind: 'anon' }));
  return {
    head: [...before.filter(({ op }) => op === 'thp'), ...maps],
    table: {
      at: window.at,
      cells: readCells(story.mm, STORY_BASE_VPN, window.at, window.pages),
      vmas,
    },
    rest: steps.slice(step, step + 1).map(({ operation }) => operation),
  };
}

function partsOf(scenario: Scenario, spec: MachineSpec, step: number): Parts {
  const window = storyWindow(scenario);
  if (window.pages > MOST_PAINTED) {
    throw new RangeError(`expected at most ${MOST_PAINTED} pages to paint, found ${window.pages}`);
  }
  const end = makingSteps(scenario.steps);
  return step <= end
    ? partsOfPainted(scenario.steps, window, end)
    : partsOfRun(scenario.steps, window, spec, step);
}

/** The call that a table is made for, if the story has none yet. */
function usualCall({ vmas, at, cells }: PaintedTable): Operation {
  const [first = { at, pages: cells.length }] = vmas;
  return { op: 'mprotect', at: first.at, pages: first.pages, prot: 'r' };
}

function edited({ head, table, rest }: Parts, edit: Edit): Parts {
  switch (edit.kind) {
    case 'stroke':
      return { head, rest, table: paint(table, edit.tool, edit.pages) };
    case 'clear':
      return { head, rest, table: { ...table, cells: emptyCells(table.cells.length) } };
    case 'prot': {
      const at = rest.findIndex(({ op }) => op === 'mprotect');
      return {
        head,
        table,
        rest: rest.map((operation, i) =>
          i === at && operation.op === 'mprotect' ? { ...operation, prot: edit.prot } : operation,
        ),
      };
    }
  }
}

/**
 * Changes the table that a story has before one of its steps. If the story does more before than map memory
 * and place entries, it becomes one that places the entries which that comes to on a machine. Expectations
 * are dropped: they were about another table.
 *
 * @param step - index of the step that is looked at.
 * @throws RangeError for memory that can't be painted, and tables that are too large.
 */
export function paintStory(
  scenario: Scenario,
  spec: MachineSpec,
  step: number,
  edit: Edit,
): PaintedStory {
  const parts = partsOf(scenario, spec, step);
  const call = parts.rest.length > 0 ? parts.rest : [usualCall(parts.table)];
  const { head, table, rest } = edited({ ...parts, rest: call }, edit);
  const making = [...head, ...entriesOfCells(table.at, table.cells)];
  const steps = stepsOf([...making, ...rest]);
  return { text: formatScenario({ ...scenario, steps }), step: making.length };
}
