import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { PLAIN_STYLE, TERMINAL_STYLE, type RenderOptions } from '@ptelab/report';
import { BenchError, reasonOf } from './bench-error.ts';
import type { Flags } from './options.ts';
import { renderPlots } from './render/plots.ts';
import { renderResult, type Against } from './render/render.ts';
import type { BenchResult } from './result/result.ts';

function terminalOptions(): RenderOptions {
  const { NO_COLOR, TERM } = process.env;
  const colour =
    process.stdout.isTTY && TERM !== 'dumb' && (NO_COLOR === undefined || NO_COLOR === '');
  return {
    style: colour ? TERMINAL_STYLE : PLAIN_STYLE,
    width: process.stdout.isTTY ? Math.max(process.stdout.columns, 80) : 100,
  };
}

/**
 * Refuses places that can't be written, before minutes are spent on what should go there.
 *
 * @throws BenchError for the first.
 */
export function checkPlaces({ json, markdown, svg }: Flags): void {
  for (const [flag, path] of [
    ['--json', json],
    ['--markdown', markdown],
  ] as const) {
    if (path === undefined || path === '-') continue;
    if (!existsSync(dirname(path))) throw new BenchError(`${flag}: no folder ${dirname(path)}`);
    if (existsSync(path) && statSync(path).isDirectory()) {
      throw new BenchError(`${flag}: ${path} is a folder`);
    }
  }
  if (json === '-' && markdown === '-') {
    throw new BenchError('--json and --markdown: only one of them can go to standard output');
  }
  if (svg !== undefined && existsSync(svg) && !statSync(svg).isDirectory()) {
    throw new BenchError(`--svg: ${svg} is not a folder`);
  }
}

function place(path: string, text: string): void {
  if (path === '-') {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new BenchError(reasonOf(error));
  }
}

/** Writes a result to all the places that were asked for, and as text unless one is standard output. */
export function writeResult(result: BenchResult, against: Against | null, flags: Flags): void {
  const { json, markdown, svg } = flags;
  if (json !== '-' && markdown !== '-') {
    process.stdout.write(renderResult(result, against, terminalOptions()));
  }
  if (json !== undefined) {
    const document = against === null ? result : { ...result, against };
    place(json, `${JSON.stringify(document, null, 2)}\n`);
  }
  if (markdown !== undefined) {
    place(markdown, renderResult(result, against, { format: 'markdown' }));
  }
  if (svg !== undefined) {
    try {
      mkdirSync(svg, { recursive: true });
    } catch (error) {
      throw new BenchError(`--svg: ${reasonOf(error)}`);
    }
    for (const [name, text] of renderPlots(result)) place(join(svg, name), text);
  }
}
