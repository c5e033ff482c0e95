import type { JSX } from 'preact';

interface ChoicesProps {
  readonly legend: string;
  /** Name of the radio group. */
  readonly name: string;
  readonly options: readonly string[];
  readonly chosen: number;
  /** Numbers the options from 1 and adds buttons for the previous and the next one. */
  readonly numbered?: boolean;
  readonly onChoose: (index: number) => void;
}

/** One of a few: a radio group, so that the arrow keys move through it. */
export function Choices(props: ChoicesProps): JSX.Element {
  const { legend, name, options, chosen, numbered = false, onChoose } = props;
  const move = (text: string, label: string, to: number): JSX.Element => (
    <button
      type="button"
      aria-label={label}
      disabled={to < 0 || to >= options.length}
      onClick={() => {
        onChoose(to);
      }}
    >
      {text}
    </button>
  );
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {numbered && move('←', 'Previous', chosen - 1)}
      {numbered && move('→', 'Next', chosen + 1)}
      {options.map((option, index) => (
        <label key={`${name} ${index}`}>
          <input
            type="radio"
            name={name}
            checked={index === chosen}
            onChange={() => {
              onChoose(index);
            }}
          />
          <span>
            {numbered && <b>{index + 1}</b>} {option}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
