import type { PriceOf } from '../price/combine.ts';
import type { CostMachine } from '../machine.ts';
import type { ParameterName } from '../parameter.ts';
import type { PublishedRow, TimeSum } from '../published/row.ts';
import { UNIT_NS } from '../published/row.ts';
import { workloadPayments, type WorkloadPayment } from '../workload/payments.ts';
import type { Workload } from '../workload/workload.ts';

/** How often each parameter is paid. */
export type Form = ReadonlyMap<ParameterName, number>;

/** A time, or a ratio of times. */
export interface Ratio {
  readonly of: Form;
  readonly over: Form | null;
}

/** A row as the model sees it: a time in the row's unit, or a ratio. */
export interface RowForms extends Ratio {
  readonly row: PublishedRow;
}

/** What a form comes to. */
export function evaluate(form: Form, price: PriceOf): number {
  let sum = 0;
  for (const [name, count] of form) sum += count * price(name);
  return sum;
}

/** What a time or a ratio comes to. */
export function predict({ of, over }: Ratio, price: PriceOf): number {
  return evaluate(of, price) / (over === null ? 1 : evaluate(over, price));
}

/** Runs workloads and remembers what they pay: many rows share one. */
export class WorkloadRunner {
  readonly #machine: CostMachine;
  readonly #payments = new Map<string, WorkloadPayment[]>();

  constructor(machine: CostMachine) {
    this.#machine = machine;
  }

  #run(workload: Workload): WorkloadPayment[] {
    const key = JSON.stringify(workload);
    const known = this.#payments.get(key) ?? workloadPayments(workload, this.#machine);
    this.#payments.set(key, known);
    return known;
  }

  /**
   * How often a sum of times pays each parameter.
   *
   * @param scale - divides the counts.
   */
  form(sum: TimeSum, scale = 1): Form {
    const form = new Map<ParameterName, number>();
    for (const { workload, weight = 1, part } of sum) {
      for (const payment of this.#run(workload)) {
        if (part !== undefined && payment.part !== part) continue;
        const { parameter, count } = payment;
        form.set(parameter, (form.get(parameter) ?? 0) + (count * weight) / scale);
      }
    }
    return form;
  }

  /** Runs what a row is about. */
  forms(row: PublishedRow): RowForms {
    const scale = UNIT_NS[row.unit];
    return {
      row,
      of: this.form(row.of, scale),
      over: row.over === undefined ? null : this.form(row.over),
    };
  }
}
