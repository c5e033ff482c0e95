import { commitPathOf, priceOfEvents, type Cost, type CostMachine } from '@ptelab/cost';
import type { Analysis, RoundCounts } from '@ptelab/kernel';
import type { PricedAnalysis, PricedRound } from '@ptelab/report';
import { createMachine } from '@ptelab/scenario';
import type { EventCounters } from '@ptelab/pte';

function priceRound(round: RoundCounts, machines: readonly CostMachine[]): PricedRound {
  const { machine: spec, calls } = round;
  const machine = machines.find(({ arch }) => arch === spec.arch);
  if (machine === undefined) return { round, protect: null, restore: null };
  const { strategy, ...plain } = spec;
  const { arch } = createMachine(plain);
  const cost = (events: EventCounters): Cost =>
    priceOfEvents(events, machine, {
      calls,
      commitPath: commitPathOf(strategy ?? ''),
      contPtes: arch.contPtes,
      tlbiRange: spec.arm64?.tlbiRange ?? true,
      bbml2: (spec.arm64?.bbml2 ?? false) && arch.features.bbml2Noabort,
    });
  return { round, protect: cost(round.protect), restore: cost(round.restore) };
}

/** Prices all rounds of an analysis. */
export function priceAnalysis(
  analysis: Analysis,
  machines: readonly CostMachine[],
): PricedAnalysis {
  const price = (rounds: readonly RoundCounts[]): PricedRound[] =>
    rounds.map((round) => priceRound(round, machines));
  return {
    analysis,
    rounds: price(analysis.rounds),
    vmas: analysis.vmas.map(({ rounds }) => price(rounds)),
    anonymous: price(analysis.anonymous.rounds),
    whatIf: analysis.whatIf.map(({ rounds }) => price(rounds)),
  };
}
