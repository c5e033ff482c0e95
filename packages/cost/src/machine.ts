import type { ArchName } from '@ptelab/pte';
import type { CostParameter, ParameterName } from './parameter.ts';

/** A machine with prices: plain data. */
export interface CostMachine {
  /** As `--machine` and `--cost` take it. */
  readonly id: string;
  readonly title: string;
  readonly arch: ArchName;
  /** Clock of the cores that the figures are for, in GHz. */
  readonly ghz: number;
  /** arm64: what of the CPU changes the number of events. */
  readonly arm64?: {
    /** FEAT_TLBIRANGE. */
    readonly tlbiRange: boolean;
    /** BBML2_NOABORT: contiguous bits change without a flush. */
    readonly bbml2: boolean;
    /** REPEAT_TLBI erratum workaround. */
    readonly repeatTlbi: boolean;
  };
  /** What to know before the figures are believed. */
  readonly note: string;
  /** Prices; those that the architecture has no use for, or that nobody asked for, are absent. */
  readonly parameters: Readonly<Partial<Record<ParameterName, CostParameter>>>;
}

/**
 * A price of a machine.
 *
 * @throws RangeError if the machine has none of that name.
 */
export function parameterOf(machine: CostMachine, name: ParameterName): CostParameter {
  const found = machine.parameters[name];
  if (found === undefined) throw new RangeError(`${machine.id} has no price for ${name}`);
  return found;
}
