import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { createMachine, type Story } from '@ptelab/scenario';
import type { BothEngines, Engine } from '../result/result.ts';
import { summarise } from '../result/statistics.ts';
import { cpuNs } from './clocks.ts';
import { timeCall, warmUpCycles } from './cycles.ts';
import { buildIrregular } from './irregular.ts';
import { collectGarbage } from './memory.ts';
import type { IrregularAnswer, IrregularJob } from './job.ts';

/** Times of both engines in one turn. */
type Turn = Readonly<Record<Engine, number>>;

/** Set-ups for the compiler, before the first that counts. */
const WARM_UP_SET_UPS = 2;

function summariseTurns(turns: readonly Turn[], pages: number): BothEngines {
  return {
    shared: summarise(turns.map((turn) => turn.shared / pages)),
    plain: summarise(turns.map((turn) => turn.plain / pages)),
    ratio: summarise(turns.map((turn) => turn.shared / turn.plain)),
  };
}

/** Has both engines do something; the first of one turn is the second of the next. */
function takeTurn<T>(turn: number, act: (engine: Engine) => T): Record<Engine, T> {
  if (turn % 2 === 0) {
    const shared = act('shared');
    return { shared, plain: act('plain') };
  }
  const plain = act('plain');
  return { shared: act('shared'), plain };
}

interface SetUp {
  readonly story: Story;
  readonly ns: number;
}

/**
 * Measures what sharing costs where there is nothing to share, in CPU time: the two engines differ by less
 * than what another program on the machine adds to the time of either.
 *
 * @throws Error if both engines do not change the same number of pages.
 */
export function measureIrregular(job: IrregularJob): IrregularAnswer {
  const { arch, kernel, strategy, layout, pages } = job;
  const machine = createMachine({ arch, kernel, strategy });
  const setUp = (engine: Engine): SetUp => {
    collectGarbage();
    const begin = cpuNs();
    const story = buildIrregular({ machine, engine }, layout, pages);
    return { story, ns: cpuNs() - begin };
  };
  let built = takeTurn(0, setUp);
  const setUps: Turn[] = [];
  for (let i = 1 - WARM_UP_SET_UPS; i < job.setUps; i++) {
    built = takeTurn(i, setUp);
    if (i >= 0) setUps.push({ shared: built.shared.ns, plain: built.plain.ns });
  }

  const call = (turn: number, prot: number): Turn => {
    const { shared, plain } = takeTurn(turn, (engine) =>
      timeCall(built[engine].story, pages, prot, cpuNs),
    );
    if (shared.changed !== plain.changed) {
      throw new Error(`shared: ${shared.changed} pages changed, plain: ${plain.changed}`);
    }
    return { shared: shared.ns, plain: plain.ns };
  };
  const readOnly: Turn[] = [];
  const readWrite: Turn[] = [];
  for (let i = -warmUpCycles(pages); i < job.cycles; i++) {
    const ro = call(i, VM_READ);
    const rw = call(i, VM_READ | VM_WRITE);
    if (i < 0) continue;
    readOnly.push(ro);
    readWrite.push(rw);
  }
  return {
    setUp: summariseTurns(setUps, pages),
    readOnly: summariseTurns(readOnly, pages),
    readWrite: summariseTurns(readWrite, pages),
  };
}
