import process from 'node:process';
import { PLAIN_STYLE, TERMINAL_STYLE, type RenderOptions } from '@ptelab/report';
import type { OutputFlags } from './options/output-flags.ts';

/** True if standard output should be coloured. */
function wantsColour(color: boolean): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (!color || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY && TERM !== 'dumb';
}

/** How results are written to standard output. */
export function renderOptions(flags: OutputFlags): RenderOptions {
  const style = wantsColour(flags.color) ? TERMINAL_STYLE : PLAIN_STYLE;
  const columns = process.stdout.isTTY ? process.stdout.columns : 80;
  return {
    format: flags.markdown === true ? 'markdown' : 'text',
    style,
    width: Math.max(columns, 80),
  };
}
