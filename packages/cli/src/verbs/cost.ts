import { CliError } from '../cli-error.ts';
import { breakEvenVerb, machinesVerb, validateVerb } from '../cost/prices.ts';
import type { OutputFlags } from '../options/output-flags.ts';

/** Flags of `ptelab cost`. */
export interface CostFlags extends OutputFlags {
  readonly machine?: string;
  readonly validate: boolean;
  readonly breakEven: boolean;
}

/** `ptelab cost`: what calls cost, where the prices come from, and how far they are from published figures. */
export async function costVerb(flags: CostFlags): Promise<number> {
  if (flags.validate && flags.breakEven) {
    throw new CliError('usage', 'cost: expected --validate or --break-even, found both');
  }
  if (flags.validate) return validateVerb(flags.machine, flags);
  if (flags.breakEven) return breakEvenVerb(flags.machine, flags);
  return machinesVerb(flags.machine, flags);
}
