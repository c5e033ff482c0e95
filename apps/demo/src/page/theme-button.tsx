import type { JSX } from 'preact';
import type { ThemeChoice } from '../model/look.ts';
import type { Session } from './session.ts';

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
};

/** Goes round the colours: as the system has them, light, dark. */
export function ThemeButton({ session }: { readonly session: Session }): JSX.Element {
  const theme = session.theme.value;
  return (
    <button
      type="button"
      onClick={() => {
        session.change({ theme: NEXT[theme] });
      }}
    >
      Colours: {theme}
    </button>
  );
}
