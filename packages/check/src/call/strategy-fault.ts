import { defineStrategy, type Strategy } from '@ptelab/mprotect';

/** Thrown when a strategy breaks its contract: it throws, or returns no number of entries. */
export class StrategyFault extends Error {
  override readonly name = 'StrategyFault';
}

/** Wraps a strategy so that whatever it does wrong by itself becomes a {@link StrategyFault}. */
export function guardStrategy(strategy: Strategy): Strategy {
  return defineStrategy({
    ...strategy,
    changePresentPtes(range, index, pte) {
      let entries: number;
      try {
        entries = strategy.changePresentPtes(range, index, pte);
      } catch (error) {
        throw new StrategyFault(`threw ${String(error)}`);
      }
      const left = range.end - index;
      if (Number.isInteger(entries) && entries >= 1 && entries <= left) return entries;
      throw new StrategyFault(`returned ${String(entries)}, expected 1 to ${left}`);
    },
  });
}
