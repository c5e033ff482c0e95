import { CliError } from '../cli-error.ts';
import { fitVerb, instructionsVerb } from '../cost/instructions.ts';
import type { OutputFlags } from '../options/output-flags.ts';

/** Flags of `ptelab cost`. */
export interface CostFlags extends OutputFlags {
  readonly instructions?: string[];
  readonly fitInstructions?: string[];
}

/** `ptelab cost`: what calls cost, and how far that is from what was recorded. */
export async function costVerb(flags: CostFlags): Promise<number> {
  if (flags.fitInstructions !== undefined) return fitVerb(flags.fitInstructions);
  if (flags.instructions !== undefined) return instructionsVerb(flags.instructions, flags.json);
  throw new CliError('usage', 'cost: expected --instructions or --fit-instructions');
}
