import type { JSX } from 'preact';

/** A short list in a line, or the word for none. */
export function Items(props: {
  readonly none: string;
  readonly children: readonly string[];
}): JSX.Element {
  const { none, children } = props;
  if (children.length === 0) return <>{none}</>;
  return (
    <ul class="items">
      {children.map((text, index) => (
        <li key={index}>{text}</li>
      ))}
    </ul>
  );
}
