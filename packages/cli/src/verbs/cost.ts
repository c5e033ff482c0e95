import { CliError } from '../cli-error.ts';
import { breakEvenVerb, type BreakEvenFlags } from '../cost/break-even.ts';
import { fitVerb, instructionsVerb } from '../cost/instructions.ts';
import { machinesVerb, validateVerb } from '../cost/prices.ts';

/** Flags of `ptelab cost`. */
export interface CostFlags extends BreakEvenFlags {
  readonly validate: boolean;
  readonly breakEven: boolean;
  readonly instructions?: string[];
  readonly fitInstructions?: string[];
}

/** `ptelab cost`: what calls cost, where the prices come from, and how far they are from what was measured. */
export async function costVerb(flags: CostFlags): Promise<number> {
  const { validate, breakEven, instructions, fitInstructions } = flags;
  const asked = [
    ...(validate ? ['--validate'] : []),
    ...(breakEven ? ['--break-even'] : []),
    ...(instructions === undefined ? [] : ['--instructions']),
    ...(fitInstructions === undefined ? [] : ['--fit-instructions']),
  ];
  if (asked.length > 1) {
    throw new CliError('usage', `cost: expected one question, found ${asked.join(' and ')}`);
  }
  if (flags.svg !== undefined && !breakEven) {
    throw new CliError('usage', 'cost: --svg: expected --break-even beside it, found none');
  }
  if (fitInstructions !== undefined) return fitVerb(fitInstructions, flags);
  if (instructions !== undefined) return instructionsVerb(instructions, flags);
  if (validate) return validateVerb(flags.machine, flags);
  if (breakEven) return breakEvenVerb(flags);
  return machinesVerb(flags.machine, flags);
}
