/**
 * Bytes, compressed by gzip, that may be loaded: with the page before anything is seen; as the code of its
 * worker; and in all by what people may ask for later.
 */
export const BUDGET = { page: 60_000, worker: 125_000, onDemand: 300_000 } as const;

export type BudgetPart = keyof typeof BUDGET;
