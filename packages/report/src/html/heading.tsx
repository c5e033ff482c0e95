import type { ComponentChildren, JSX } from 'preact';

interface HeadingProps {
  readonly level: number;
  readonly children: ComponentChildren;
}

/** A heading of a level that depends on where it stands. */
export function Heading({ level, children }: HeadingProps): JSX.Element {
  const Tag = `h${level}` as 'h2';
  return <Tag>{children}</Tag>;
}

/** A table that scrolls by itself where it is too wide, also with the keyboard. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
