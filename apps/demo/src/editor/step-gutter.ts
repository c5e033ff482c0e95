import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { GutterMarker, gutter, type BlockInfo, type EditorView } from '@codemirror/view';

/** Lines on which steps begin, in order, and which of them is shown. */
export interface StepLines {
  /** 1-based. */
  readonly lines: readonly number[];
  readonly shown: number;
}

const setStepLines = StateEffect.define<StepLines>();

/** What tells the gutter where steps are. */
export function stepLinesEffect(steps: StepLines): StateEffect<StepLines> {
  return setStepLines.of(steps);
}

const stepLines = StateField.define<StepLines>({
  create: () => ({ lines: [], shown: 0 }),
  update: (value, { effects }) => {
    const told = effects.find((effect) => effect.is(setStepLines));
    return told === undefined ? value : told.value;
  },
});

class StepMarker extends GutterMarker {
  readonly #step: number;
  readonly #isShown: boolean;

  constructor(step: number, isShown: boolean) {
    super();
    this.#step = step;
    this.#isShown = isShown;
  }

  override eq(other: GutterMarker): boolean {
    return (
      other instanceof StepMarker && this.#step === other.#step && this.#isShown === other.#isShown
    );
  }

  override toDOM(): Node {
    const mark = document.createElement('span');
    mark.className = this.#isShown ? 'cm-step cm-step-shown' : 'cm-step';
    mark.textContent = this.#isShown ? `▸${this.#step + 1}` : String(this.#step + 1);
    mark.title = `show step ${this.#step + 1}`;
    return mark;
  }
}

/** Index of the step that begins on a line; -1 for none. */
function stepAt({ state }: EditorView, { from }: BlockInfo): number {
  return state.field(stepLines).lines.indexOf(state.doc.lineAt(from).number);
}

/** Numbers steps beside the text; a click on a number shows the step. */
export function stepGutter(onStep: (step: number) => void): Extension {
  return [
    stepLines,
    gutter({
      class: 'cm-steps',
      lineMarker: (view, block) => {
        const step = stepAt(view, block);
        const { shown } = view.state.field(stepLines);
        return step === -1 ? null : new StepMarker(step, step === shown);
      },
      lineMarkerChange: ({ startState, state }) =>
        startState.field(stepLines) !== state.field(stepLines),
      initialSpacer: () => new StepMarker(98, false),
      domEventHandlers: {
        mousedown: (view, block) => {
          const step = stepAt(view, block);
          if (step === -1) return false;
          onStep(step);
          return true;
        },
      },
    }),
  ];
}
