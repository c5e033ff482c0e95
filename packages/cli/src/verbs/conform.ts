import { access } from 'node:fs/promises';
import { conformFiles, type FileReport, type Mismatch } from '@ptelab/kernel';
import { renderConform, renderMismatches } from '@ptelab/report';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import { note, progress, write, writeJsonLine, writeSoon } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab conform`. */
export interface ConformFlags extends OutputFlags {
  readonly mode: string;
  readonly family?: string;
  readonly all: boolean;
}

const MOST_MISMATCHES = 20;

async function checkFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      await access(file);
    } catch {
      throw new CliError('no-file', `${file}: expected a recording, found nothing there`);
    }
  }
}

/** `ptelab conform`: replays recordings of real kernels and compares. */
export async function conformVerb(files: readonly string[], flags: ConformFlags): Promise<number> {
  const mode = oneChoice('--mode', flags.mode, ['step', 'story']);
  await checkFiles(files);
  const mismatches: Mismatch[] = [];
  const reports: FileReport[] = [];
  const summary = await conformFiles(files, {
    mode,
    ...(flags.family === undefined ? {} : { family: flags.family }),
    onMismatch: (mismatch) => {
      if (flags.json) writeSoon({ mismatch });
      else if (flags.all || mismatches.length < MOST_MISMATCHES) mismatches.push(mismatch);
    },
    onFile: (report) => {
      progress('');
      if (flags.json) writeSoon({ file: report });
      reports.push(report);
    },
    onProgress: (file, recordings) => {
      progress(`${file}: ${recordings} recordings`);
    },
  });
  progress('');
  if (summary.recordings === 0) {
    const family = flags.family === undefined ? '' : ` of family ${flags.family}`;
    throw new CliError('no-recordings', `expected recordings${family}, found none`);
  }
  if (flags.json) await writeJsonLine(summary);
  else {
    const options = renderOptions(flags);
    const left = summary.mismatches - mismatches.length;
    const listed = mismatches.length > 0 ? `\n${renderMismatches(mismatches, left, options)}` : '';
    await write(`${renderConform(summary, reports, options)}${listed}`);
    if (left > 0) note(`${left} mismatches not shown; --all shows them`);
  }
  return summary.mismatches === 0 ? EXIT.held : EXIT.failed;
}
