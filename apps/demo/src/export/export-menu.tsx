import { signal, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Session } from '../page/session.ts';
import type { Palette } from '../stage/palette.ts';
import type { Pictures } from './picture.ts';
import { makePlate } from './plate.ts';
import { platePng } from './png.ts';
import { saveFile } from './save.ts';
import { plateSvg } from './svg.ts';

/** What can be saved: the picture as it is seen, or what was computed. */
type Format = 'png' | 'svg' | 'json';

const FORMATS: readonly (readonly [Format, string])[] = [
  ['png', 'PNG: the page tables as they are seen'],
  ['svg', 'SVG: the same, to be scaled'],
  ['json', 'JSON: the runs, as of ptelab run --json'],
];

interface ExportProps {
  readonly session: Session;
  readonly palette: ReadonlySignal<Palette>;
  readonly pictures: Pictures;
}

async function fileOf(format: Format, { session, palette, pictures }: ExportProps): Promise<Blob> {
  if (format === 'json') {
    return new Blob([`${await session.runsAsJson()}\n`], { type: 'application/json' });
  }
  const show = session.showNow();
  if (show === null) throw new Error('nothing is shown yet');
  const plate = makePlate(show, pictures.take(), palette.value, session.prices.value);
  if (format === 'png') return platePng(plate);
  return plateSvg(plate);
}

function fileName(session: Session, format: Format): string {
  const { show } = session;
  const name = show.value?.outline.name ?? 'story';
  return format === 'json'
    ? `${name}.json`
    : `${name}-step-${(show.value?.step ?? 0) + 1}.${format}`;
}

/** Saves what is shown. */
export function ExportMenu(props: ExportProps): JSX.Element {
  const { session } = props;
  const menu = useRef<HTMLDetailsElement>(null);
  const told = useMemo(() => signal(''), [session]);
  const save = async (format: Format): Promise<void> => {
    try {
      saveFile(fileName(session, format), await fileOf(format, props));
      told.value = '';
    } catch (error) {
      told.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <>
      <details
        class="menu"
        ref={menu}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || menu.current === null) return;
          menu.current.open = false;
          menu.current.querySelector('summary')?.focus();
        }}
      >
        <summary>Export</summary>
        <div>
          {FORMATS.map(([format, text]) => (
            <button
              key={format}
              type="button"
              disabled={session.show.value === null}
              onClick={() => {
                if (menu.current !== null) menu.current.open = false;
                void save(format);
              }}
            >
              {text}
            </button>
          ))}
        </div>
      </details>
      <small role="status">{told.value}</small>
    </>
  );
}
