import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../page/session.ts';
import { goToStep } from '../time/moves.ts';
import { shortProblemWords } from './problem-place.ts';
import type { StoryEditor } from './story-editor.ts';

/** The text is taken when typing rests for so long. */
const REST_MS = 250;

/** Ties an editor to the session, in both directions; returns what unties it. */
async function startEditor(
  session: Session,
  root: ShadowRoot,
  close: () => void,
): Promise<() => void> {
  const [{ StoryEditor }, schema] = await Promise.all([
    import('./story-editor.ts'),
    session.schema(),
  ]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let typed: string | null = null;
  const take = (): void => {
    clearTimeout(timer);
    if (typed !== null) session.type(typed);
    typed = null;
  };
  const editor: StoryEditor = new StoryEditor(root, session.look.value.text, schema, {
    change: (text) => {
      typed = text;
      clearTimeout(timer);
      timer = setTimeout(take, REST_MS);
    },
    undo: () => {
      take();
      session.undo();
    },
    redo: () => {
      take();
      session.redo();
    },
    close: () => {
      take();
      close();
    },
    showStep: (step) => {
      goToStep(session, step);
    },
  });
  const stops = [
    effect(() => {
      const { text } = session.look.value;
      if (typed === null) editor.setText(text);
    }),
    effect(() => {
      editor.setProblem(session.problem.value);
    }),
    effect(() => {
      const show = session.show.value;
      if (show === null) return;
      editor.setSteps({ lines: show.outline.steps.map(({ line }) => line), shown: show.step });
    }),
  ];
  editor.focus();
  return () => {
    take();
    for (const stop of stops) stop();
    editor.dispose();
  };
}

/** The text of the story, to be changed. */
export function EditorPanel(props: {
  readonly session: Session;
  readonly close: () => void;
}): JSX.Element {
  const { session, close } = props;
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    let gone = false;
    let stop: (() => void) | null = null;
    void startEditor(session, root, close).then((made) => {
      if (gone) made();
      else stop = made;
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [session, close]);
  const problem = session.problem.value;
  return (
    <section class="editor" aria-label="Editor">
      <div class="editor-text" ref={host} />
      <p class="editor-status" role="status">
        {problem === null ? (
          <span class="note">
            Ctrl+Space completes, F8 goes to a mistake, Tab leaves, Escape closes; the page follows
            what is typed.
          </span>
        ) : (
          <span class="bad">{shortProblemWords(problem)}</span>
        )}
      </p>
    </section>
  );
}
