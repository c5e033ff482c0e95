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
import { keyHint } from './key-hint.ts';
import type { JsonSchema } from './schema-walk.ts';
import { problemPlace } from './problem-place.ts';
import { STEP_INDENT } from './step-indent.ts';
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

const KEYS_ID = 'editor-keys';
const KEYS =
  'Tab leaves the editor. Escape closes it. Control and Space complete. F8 goes to a mistake.';

/** What is wrong, where it is; nothing for what is wrong with no place in particular. */
function diagnosticsOf(problem: Problem | null, { doc }: EditorState): readonly Diagnostic[] {
  const place = problem === null ? null : problemPlace(doc.toString(), problem);
  if (problem === null || place === null) return [];
  return [{ ...place, severity: 'error', message: problem.message }];
}

/** A description for who does not see the page: it has to be in the same tree as what it describes. */
function keysDescription(): HTMLElement {
  const keys = document.createElement('p');
  keys.id = KEYS_ID;
  keys.hidden = true;
  keys.textContent = KEYS;
  return keys;
}

/** The editor of a story's text. */
export class StoryEditor {
  readonly #view: EditorView;
  readonly #keys: HTMLElement = keysDescription();

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
          STEP_INDENT,
          yaml(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          stepGutter(actions.showStep),
          completeStory(schema),
          keyHint(schema),
          editorLook,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': 'Text of the story, YAML',
            'aria-describedby': KEYS_ID,
          }),
          EditorView.updateListener.of((update) => {
            const own = update.transactions.some((each) => each.annotation(fromPage) === true);
            if (update.docChanged && !own) actions.change(update.state.doc.toString());
          }),
        ],
      }),
    });
    root.append(this.#keys);
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
    this.#view.dispatch(setDiagnostics(state, diagnosticsOf(problem, state)));
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
    this.#keys.remove();
  }
}
