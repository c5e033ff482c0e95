import type { Strategy } from '@ptelab/mprotect';
import type { Arch } from '@ptelab/pte';
import { createMachine, type Scenario } from '@ptelab/scenario';
import { toScenario } from '../counter-example/to-scenario.ts';
import { brokenState, searchBlock } from '../exhaustive/search-block.ts';
import type { Finding } from '../invariants/invariant.ts';
import { blocksOf, SCOPES, type Block } from '../scope/scope.ts';
import type { CheckMachine } from './machine.ts';
import type { SearchPlan, SearchTask } from './plan.ts';
import type { BrokenPlace, TaskResult } from './task-result.ts';

interface SearchMachine {
  readonly spec: CheckMachine;
  readonly arch: Arch;
  readonly blocks: readonly Block[];
}

/** An exhaustive search: every state of a scope, on every machine of a plan. */
export class Search {
  readonly plan: SearchPlan;
  readonly #machines: readonly SearchMachine[];

  constructor(plan: SearchPlan) {
    this.plan = plan;
    this.#machines = plan.machines.map((spec) => {
      const { arch } = createMachine(spec);
      return { spec, arch, blocks: blocksOf(SCOPES[plan.scope], arch) };
    });
  }

  /** All tasks in the order of the search: those with the fewest slots first, machine after machine. */
  tasks(): SearchTask[] {
    const tasks = this.#machines.flatMap(({ blocks }, machine) =>
      blocks.map(({ index, size, slots }) => ({ machine, block: index, size, slots })),
    );
    return tasks.sort((a, b) => a.slots - b.slots || a.machine - b.machine || a.block - b.block);
  }

  #find({ machine, block }: Pick<SearchTask, 'machine' | 'block'>): [SearchMachine, Block] {
    const found = this.#machines[machine];
    const wanted = found?.blocks[block];
    if (found === undefined || wanted === undefined) {
      throw new RangeError(`the plan has no block ${block} on machine ${machine}`);
    }
    return [found, wanted];
  }

  /**
   * Judges a strategy on the states of one task.
   *
   * @param onState - told the number of each state, from 0, before the strategy is called on it.
   */
  run(task: SearchTask, strategy: Strategy, onState?: (state: number) => void): TaskResult {
    const [{ arch }, block] = this.#find(task);
    const { states, violation, remarks } = searchBlock(arch, strategy, block, onState);
    const place = (broken: NonNullable<typeof violation>): BrokenPlace => ({
      machine: task.machine,
      ...broken,
    });
    return {
      states,
      violation: violation === null ? null : place(violation),
      remarks: remarks.map(place),
    };
  }

  /**
   * The state with a number in a task as a broken one: for whoever watches a strategy from outside and
   * sees that it never comes back from it.
   */
  brokenAt(task: SearchTask, state: number, finding: Finding): BrokenPlace {
    const [{ arch }, block] = this.#find(task);
    return { machine: task.machine, ...brokenState(arch, block, state, finding) };
  }

  /** The machine that a broken state was found on. */
  machineOf({ machine }: BrokenPlace): CheckMachine {
    const found = this.plan.machines[machine];
    if (found === undefined) throw new RangeError(`the plan has no machine ${machine}`);
    return found;
  }

  /** Tells a broken state as a scenario: run it on the machine that it was found on. */
  scenarioOf(broken: BrokenPlace): Scenario {
    const [, block] = this.#find(broken);
    const { invariant, text } = broken.finding;
    return toScenario(block, broken, `${invariant}: ${text}`);
  }

  /** True if hardware writes in the middle of the call, which no scenario can say. */
  hasRace(broken: BrokenPlace): boolean {
    const [, { setting }] = this.#find(broken);
    return setting.race;
  }

  /** What is varied and what is not, in words: setting and layout of a broken state. */
  describe(broken: BrokenPlace): string {
    const [, { setting, layout }] = this.#find(broken);
    return `${setting.name}; ${layout.name}`;
  }
}
