import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { MachineSpec } from '@ptelab/scenario';
import { CASES, type Case } from './cases.ts';
import { runCase, type MachineView } from './model.ts';

/** What the page shows. */
export interface State {
  readonly chosen: ReadonlySignal<Case>;
  readonly machines: readonly [Signal<MachineSpec>, Signal<MachineSpec>];
  /** The case on both machines. */
  readonly views: readonly [ReadonlySignal<MachineView>, ReadonlySignal<MachineView>];
  /** Index of the operation to look at the state after. */
  readonly step: Signal<number>;
  /** The page whose entry is explained. */
  readonly page: Signal<number>;
  readonly choose: (chosen: Case) => void;
}

function firstMprotect(chosen: Case): { step: number; page: number } {
  const step = chosen.operations.findIndex(({ op }) => op === 'mprotect');
  const operation = chosen.operations[step];
  return { step, page: operation?.op === 'mprotect' ? operation.at : 0 };
}

/** Makes the state of the page: the first case, before batching and with it. */
export function createState(): State {
  const start = firstMprotect(CASES[0]);
  const chosen = signal<Case>(CASES[0]);
  const step = signal(start.step);
  const page = signal(start.page);
  const before = signal<MachineSpec>({ arch: 'arm64', kernel: '6.16' });
  const after = signal<MachineSpec>({ arch: 'arm64', kernel: '6.17' });
  return {
    chosen,
    machines: [before, after],
    views: [
      computed(() => runCase(chosen.value, before.value)),
      computed(() => runCase(chosen.value, after.value)),
    ],
    step,
    page,
    choose(next) {
      const first = firstMprotect(next);
      batch(() => {
        chosen.value = next;
        step.value = first.step;
        page.value = first.page;
      });
    },
  };
}
