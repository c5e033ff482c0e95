import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Pictures } from '../export/picture.ts';
import type { Painter } from '../paint/painter.ts';
import type { Session } from '../page/session.ts';
import type { Palette } from './palette.ts';
import { StageController } from './stage-controller.ts';

interface StageViewProps {
  readonly session: Session;
  readonly index: number;
  readonly name: string;
  readonly palette: ReadonlySignal<Palette>;
  readonly pictures: Pictures;
  readonly painter: Painter;
}

/** The page table of one machine. Arrow keys move the focus; what it says is read out elsewhere. */
export function StageView(props: StageViewProps): JSX.Element {
  const { session, index, name, palette, pictures, painter } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const controller = useRef<StageController | null>(null);
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = new StageController(canvas.current, session, index, palette, painter);
    controller.current = made;
    const forget = pictures.add(() => made.picture());
    return () => {
      forget();
      made.dispose();
    };
  }, [session, index, palette, pictures, painter]);
  return (
    <canvas
      ref={canvas}
      class={painter.tool.value === null ? 'stage' : 'stage painting'}
      tabIndex={0}
      role="application"
      aria-roledescription="page table"
      aria-label={`Page table of ${name}`}
      aria-describedby="focused-entry stage-keys"
      onFocus={() => {
        session.leadTo(index);
      }}
      onKeyDown={(event) => {
        if (controller.current?.key(event) === true) event.preventDefault();
      }}
    />
  );
}
