import type { Cost } from '@ptelab/cost';
import type { PricedAnalysis, PricedRound } from '@ptelab/report';

function jsonCost(cost: Cost | null): unknown {
  return cost === null ? null : { pricedAs: cost.machine, ns: cost.total };
}

function jsonRound({ round, protect, restore }: PricedRound): unknown {
  return { ...round, cost: { protect: jsonCost(protect), restore: jsonCost(restore) } };
}

/** An analysis as `--json` prints it: rounds carry what they cost. */
export function jsonAnalysis(priced: PricedAnalysis): unknown {
  const { analysis, rounds, vmas, anonymous, whatIf } = priced;
  return {
    ...analysis,
    rounds: rounds.map(jsonRound),
    vmas: analysis.vmas.map((vma, i) => ({ ...vma, rounds: (vmas[i] ?? []).map(jsonRound) })),
    anonymous: { ...analysis.anonymous, rounds: anonymous.map(jsonRound) },
    whatIf: analysis.whatIf.map((other, i) => ({
      ...other,
      rounds: (whatIf[i] ?? []).map(jsonRound),
    })),
  };
}
