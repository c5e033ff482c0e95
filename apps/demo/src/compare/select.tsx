import type { JSX } from 'preact';

interface SelectProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly texts?: readonly string[];
  readonly value: T;
  readonly onSelect: (value: T) => void;
}

/** A choice of a few; `texts` are what people read instead of the options. */
export function Select<T extends string>(props: SelectProps<T>): JSX.Element {
  const { label, options, texts, value, onSelect } = props;
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const option = options[event.currentTarget.selectedIndex];
        if (option !== undefined) onSelect(option);
      }}
    >
      {options.map((option, i) => (
        <option key={option} value={option}>
          {texts?.[i] ?? option}
        </option>
      ))}
    </select>
  );
}
