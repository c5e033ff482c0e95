import { CliError } from '../cli-error.ts';
import { fitVerb, instructionsVerb } from '../cost/instructions.ts';
import { breakEvenVerb, machinesVerb, validateVerb } from '../cost/prices.ts';
import type { OutputFlags } from '../options/output-flags.ts';

/** Flags of `ptelab cost`. */
export interface CostFlags extends OutputFlags {
  readonly machine?: string;
  readonly validate: boolean;
  readonly breakEven: boolean;
  readonly instructions?: string[];
  readonly fitInstructions?: string[];
}

/** What `ptelab cost` may be asked, each by a flag of its own. */
function questions(flags: CostFlags): string[] {
  return [
    ...(flags.validate ? ['--validate'] : []),
    ...(flags.breakEven ? ['--break-even'] : []),
    ...(flags.instructions === undefined ? [] : ['--instructions']),
    ...(flags.fitInstructions === undefined ? [] : ['--fit-instructions']),
  ];
}

/** `ptelab cost`: what calls cost, where the prices come from, and how far they are from what was measured. */
export async function costVerb(flags: CostFlags): Promise<number> {
  const asked = questions(flags);
  if (asked.length > 1) {
    throw new CliError('usage', `cost: expected one question, found ${asked.join(' and ')}`);
  }
  if (flags.fitInstructions !== undefined) return fitVerb(flags.fitInstructions);
  if (flags.instructions !== undefined) return instructionsVerb(flags.instructions, flags.json);
  if (flags.validate) return validateVerb(flags.machine, flags);
  if (flags.breakEven) return breakEvenVerb(flags.machine, flags);
  return machinesVerb(flags.machine, flags);
}
