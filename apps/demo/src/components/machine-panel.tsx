import type { MachineSpec } from '@ptelab/scenario';
import type { JSX } from 'preact';
import type { MachineView } from '../model.ts';
import { pagesText } from '../text.ts';
import { Calls } from './calls.tsx';
import { Grid } from './grid.tsx';
import { Items } from './items.tsx';
import { MachinePicker } from './machine-picker.tsx';

interface MachinePanelProps {
  readonly ordinal: string;
  readonly name: string;
  readonly view: MachineView;
  readonly step: number;
  readonly page: number;
  readonly onMachine: (spec: MachineSpec) => void;
  readonly onPage: (page: number) => void;
}

/** One machine: its entries after the step, and what the step called. */
export function MachinePanel(props: MachinePanelProps): JSX.Element {
  const { ordinal, name, view, step, page, onMachine, onPage } = props;
  const shown = view.steps[step];
  return (
    <section class="machine" aria-label={name}>
      <MachinePicker
        ordinal={ordinal}
        spec={view.spec}
        strategy={view.strategy}
        onMachine={onMachine}
      />
      {shown === undefined ? (
        <p role="status">
          The model lacks {view.unsupported} on this machine and stops at step{' '}
          {view.steps.length + 1}.
        </p>
      ) : (
        <>
          <Grid
            label={`Entries after step ${step + 1} on ${name}`}
            cells={shown.cells}
            page={page}
            onPage={onPage}
          />
          <dl class="facts">
            <dt>VMAs</dt>
            <dd>
              <Items none="none">
                {shown.vmas.map(({ at, pages, perms }) => `${pagesText(at, pages)} ${perms}`)}
              </Items>
            </dd>
            {shown.mprotect !== null && <Calls outcome={shown.mprotect} />}
          </dl>
        </>
      )}
    </section>
  );
}
