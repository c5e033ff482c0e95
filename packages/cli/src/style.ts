import process from 'node:process';
import { styleText } from 'node:util';
import { PLAIN_STYLE, type RenderOptions, type Style } from '@ptelab/report';
import type { OutputFlags } from './options/output-flags.ts';

const COLOURS: Style = {
  heading: (text) => styleText('bold', text, { validateStream: false }),
  // Blue and yellow rather than green and red: they stay apart for everybody.
  good: (text) => styleText('blue', text, { validateStream: false }),
  bad: (text) => styleText(['bold', 'yellow'], text, { validateStream: false }),
  differs: (text) => styleText('yellow', text, { validateStream: false }),
  quiet: (text) => styleText('dim', text, { validateStream: false }),
};

/** True if standard output should be coloured. */
function wantsColour(color: boolean): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (!color || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY && TERM !== 'dumb';
}

/** How results are written to standard output. */
export function renderOptions(flags: OutputFlags): RenderOptions {
  const style = wantsColour(flags.color) ? COLOURS : PLAIN_STYLE;
  const columns = process.stdout.isTTY ? process.stdout.columns : 80;
  return {
    format: flags.markdown === true ? 'markdown' : 'text',
    style,
    width: Math.max(columns, 80),
  };
}
