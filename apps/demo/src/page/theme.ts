import { signal, type ReadonlySignal } from '@preact/signals';
import type { ThemeChoice } from '../model/look.ts';
import { DARK, LIGHT, type Palette } from '../stage/palette.ts';

/** Follows whether the system prefers dark. */
export function systemPrefersDark(): ReadonlySignal<boolean> {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const dark = signal(query.matches);
  query.addEventListener('change', () => {
    dark.value = query.matches;
  });
  return dark;
}

/** True if a choice comes out dark. */
export function isDark(choice: ThemeChoice, prefersDark: boolean): boolean {
  return choice === 'auto' ? prefersDark : choice === 'dark';
}

/** The stage's colours. */
export function paletteOf(dark: boolean): Palette {
  return dark ? DARK : LIGHT;
}
