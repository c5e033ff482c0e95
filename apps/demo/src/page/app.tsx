import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { CounterTable } from '../compare/counter-table.tsx';
import { problemWords } from '../editor/problem-place.ts';
import { EntryPane } from '../entry/entry-pane.tsx';
import { EditButton } from '../editor/edit-button.tsx';
import { EditorPanel } from '../editor/editor-panel.tsx';
import { ExportMenu } from '../export/export-menu.tsx';
import { Pictures } from '../export/picture.ts';
import { Gallery } from '../gallery/gallery.tsx';
import { MOST_MACHINES } from '../model/look.ts';
import { Chooser } from '../open/chooser.tsx';
import { OpenButton } from '../open/open-button.tsx';
import { OpenFiles } from '../open/open-files.ts';
import { PaintButton } from '../paint/paint-button.tsx';
import { PaintToolbar } from '../paint/paint-toolbar.tsx';
import { Painter } from '../paint/painter.ts';
import { LinkButton } from '../share/link-button.tsx';
import type { PageLink } from '../share/page-link.ts';
import { CallList } from '../time/call-list.tsx';
import { timeKey } from '../time/moves.ts';
import { startPlayback } from '../time/playback.ts';
import { StepList } from '../time/step-list.tsx';
import { Timeline } from '../time/timeline.tsx';
import { Legend } from './legend.tsx';
import { Machines } from './machines.tsx';
import type { Session } from './session.ts';
import { isDark, paletteOf, systemPrefersDark } from './theme.ts';
import { ThemeButton } from './theme-button.tsx';
import { TlbPicker } from './tlb-picker.tsx';
import { UndoButtons } from './undo-buttons.tsx';

interface AppProps {
  readonly session: Session;
  readonly link: PageLink;
}

/** What went wrong, in a line; nothing for null. */
function Alert({ text }: { readonly text: string | null }): JSX.Element | null {
  if (text === null) return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

/** The whole page. */
export function App({ session, link }: AppProps): JSX.Element {
  const palette = useMemo(() => {
    const prefersDark = systemPrefersDark();
    return computed(() => {
      const dark = isDark(session.theme.value, prefersDark.value);
      document.documentElement.dataset.theme = dark ? 'dark' : 'light';
      return paletteOf(dark);
    });
  }, [session]);
  const editing = useMemo(() => signal(false), [session]);
  const closeEditor = useMemo(
    () => () => {
      editing.value = false;
      document.getElementById('edit-story')?.focus();
    },
    [editing],
  );
  const files = useMemo(() => new OpenFiles(session), [session]);
  const painter = useMemo(() => new Painter(session), [session]);
  const pictures = useMemo(() => new Pictures(), [session]);
  useEffect(() => startPlayback(session), [session]);
  const machines = session.machines.value;
  const problem = session.problem.value;
  const last = machines.at(-1);
  return (
    <>
      <header class="top">
        <h1>ptelab</h1>
        <p>What does mprotect do to these PTEs?</p>
        <div class="actions">
          <button
            type="button"
            disabled={machines.length >= MOST_MACHINES || last === undefined}
            onClick={() => {
              if (last !== undefined) session.change({ machines: [...machines, last] });
            }}
          >
            Add a machine
          </button>
          <OpenButton files={files} />
          <EditButton editing={editing} />
          <PaintButton painter={painter} />
          <UndoButtons session={session} />
          <TlbPicker session={session} />
          <LinkButton session={session} link={link} />
          <ExportMenu session={session} palette={palette} pictures={pictures} />
          <ThemeButton session={session} />
        </div>
      </header>
      <main
        class={editing.value ? 'editing' : ''}
        aria-busy={session.busy.value}
        onKeyDown={(event) => {
          if (event.defaultPrevented || !(event.target instanceof HTMLCanvasElement)) return;
          if (timeKey(session, event)) event.preventDefault();
        }}
      >
        <div class="story">
          <Gallery session={session} />
          <Alert text={link.problem.value} />
          <Alert text={files.problem.value} />
          {editing.value ? (
            <EditorPanel session={session} close={closeEditor} />
          ) : (
            <StepList session={session} />
          )}
          <Alert text={problem === null || editing.value ? null : problemWords(problem)} />
        </div>
        <div class="plane">
          <PaintToolbar session={session} painter={painter} />
          <Machines session={session} palette={palette} pictures={pictures} painter={painter} />
          <Timeline session={session} />
          <Legend />
        </div>
        <div class="details">
          <EntryPane session={session} />
          <CallList session={session} />
          <CounterTable session={session} />
        </div>
        <p class="for-ears" id="stage-keys">
          Arrow keys move between pages, with Shift by sixteen. Plus, minus and 0 zoom. Comma and
          full stop step by calls, space plays, B, U and F jump to batches, unfolds and flushes,
          brackets change the step, Enter pins, E opens the editor, O a file. P paints: Enter then
          changes the page.
        </p>
      </main>
      <Chooser files={files} />
    </>
  );
}
