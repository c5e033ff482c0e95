import {
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import type { Problem } from '../worker/protocol.ts';
import { completeStory } from './complete-story.ts';
import { editorLook } from './editor-look.ts';
import { minimalChange } from './minimal-change.ts';
import type { JsonSchema } from './schema-walk.ts';
import { stepGutter, stepLinesEffect, type StepLines } from './step-gutter.ts';

/** What people do in the editor. */
export interface EditorActions {
  /** The text is another one. */
  readonly change: (text: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly close: () => void;
  readonly showStep: (step: number) => void;
}

/** Changes that come from the page, and go nowhere. */
const fromPage = Annotation.define<boolean>();

/** Where a problem is in a text: from its place to the end of the line. */
function diagnosticOf({ message, line, column }: Problem, { doc }: EditorState): Diagnostic {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const start = Math.min(from + Math.max(column - 1, 0), to);
  return { from: start === to ? from : start, to, severity: 'error', message };
}

/** The editor of a story's text. */
export class StoryEditor {
  readonly #view: EditorView;

  /**
   * @param root - a shadow root: styles get into it without any that the page would have to allow.
   */
  constructor(root: ShadowRoot, text: string, schema: JsonSchema, actions: EditorActions) {
    const on = (act: () => void) => (): boolean => {
      act();
      return true;
    };
    this.#view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([
            { key: 'Mod-z', run: on(actions.undo), preventDefault: true },
            { key: 'Mod-y', run: on(actions.redo), preventDefault: true },
            { key: 'Mod-Shift-z', run: on(actions.redo), preventDefault: true },
          ]),
          keymap.of([
            ...completionKeymap,
            // After what closes a list of completions, before what drops a selection.
            { key: 'Escape', run: on(actions.close) },
            ...closeBracketsKeymap,
            ...lintKeymap,
            ...defaultKeymap,
          ]),
          yaml(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          stepGutter(actions.showStep),
          completeStory(schema),
          editorLook,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': 'Text of the story, YAML',
            'aria-describedby': 'editor-keys',
          }),
          EditorView.updateListener.of((update) => {
            const own = update.transactions.some((each) => each.annotation(fromPage) === true);
            if (update.docChanged && !own) actions.change(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  /** Takes a text that was made elsewhere; the cursor stays where it is. */
  setText(text: string): void {
    const change = minimalChange(this.#view.state.doc.toString(), text);
    if (change === null) return;
    closeCompletion(this.#view);
    this.#view.dispatch({ changes: change, annotations: fromPage.of(true) });
  }

  /** Shows what is wrong with the text; null if nothing is. */
  setProblem(problem: Problem | null): void {
    const { state } = this.#view;
    const diagnostics = problem === null ? [] : [diagnosticOf(problem, state)];
    this.#view.dispatch(setDiagnostics(state, diagnostics));
  }

  /** Tells where steps begin. */
  setSteps(steps: StepLines): void {
    this.#view.dispatch({ effects: stepLinesEffect(steps) });
  }

  focus(): void {
    this.#view.focus();
  }

  dispose(): void {
    this.#view.destroy();
  }
}
