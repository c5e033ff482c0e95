import type { ArchName } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { JSX } from 'preact';
import type { Session } from '../page/session.ts';
import { costMachinesOf, pricedAs } from './cost-of-moment.ts';
import { Select } from './select.tsx';

/** Whose prices times are predicted by: a choice for each architecture that is looked at. */
export function PricePickers(props: {
  readonly session: Session;
  readonly machines: readonly MachineSpec[];
}): JSX.Element {
  const { session, machines } = props;
  const prices = session.prices.value;
  const byArch = new Map<ArchName, MachineSpec>(machines.map((spec) => [spec.arch, spec]));
  return (
    <div class="prices">
      {[...byArch.values()].map((spec) => {
        const choices = costMachinesOf(spec);
        const priced = pricedAs(spec, prices);
        if (priced === undefined) return null;
        return (
          <Select
            key={spec.arch}
            label={`Prices of ${spec.arch}`}
            options={choices.map(({ id }) => id)}
            texts={choices.map(({ title }) => title)}
            value={priced.id}
            onSelect={(id) => {
              session.change({ prices: { ...prices, [spec.arch]: id } });
            }}
          />
        );
      })}
    </div>
  );
}
