import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Headline } from '../compare/headline.tsx';
import { machineNames } from '../compare/machine-names.ts';
import { MachinePicker } from '../compare/machine-picker.tsx';
import type { Pictures } from '../export/picture.ts';
import type { Painter } from '../paint/painter.ts';
import { machinesInRow } from '../stage/arrangement.ts';
import type { ViewSize } from '../stage/camera.ts';
import type { Palette } from '../stage/palette.ts';
import { StageView } from '../stage/stage-view.tsx';
import type { MachineShow, Session } from './session.ts';

function Lacks({ machine }: { readonly machine: MachineShow | undefined }): JSX.Element | null {
  const unsupported = machine?.summary.unsupported ?? null;
  if (machine?.film !== null || unsupported === null) return null;
  return (
    <p class="lacks" role="status">
      The model lacks {unsupported.what} on this machine and stops at step {unsupported.step + 1}.
    </p>
  );
}

/** The page tables of all machines, in as many columns as make the cells largest. */
export function Machines(props: {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
  readonly pictures: Pictures;
  readonly painter: Painter;
}): JSX.Element {
  const { session, palette, pictures, painter } = props;
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<ViewSize>({ width: 1, height: 1 });
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize(entry.contentRect);
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  const machines = session.machines.value;
  const lead = session.lead.value;
  const show = session.show.value;
  const names = show === null ? [] : machineNames(show.machines);
  const pages = show?.outline.window.pages ?? 1;
  const blocks = show?.machines.map(({ film }) => film?.arch.contPtes ?? 1) ?? [];
  const across = machinesInRow(machines.length, size, pages, Math.max(1, ...blocks));
  return (
    <div class={`machines across-${across}`} ref={box}>
      {machines.map((_, index) => {
        const name = names[index] ?? `machine ${index + 1}`;
        return (
          <section
            key={index}
            class={index === lead ? 'machine lead' : 'machine'}
            aria-label={name}
          >
            <div class="head">
              <MachinePicker session={session} index={index} />
              <Headline session={session} index={index} />
            </div>
            <StageView
              session={session}
              index={index}
              name={name}
              palette={palette}
              pictures={pictures}
              painter={painter}
            />
            <Lacks machine={show?.machines[index]} />
          </section>
        );
      })}
    </div>
  );
}
