import process from 'node:process';
import { Capture, SnapshotWriter, type SnapshotInfo } from '@ptelab/kernel';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { parsePids } from '../options/pids.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, progress, write, writeJsonLine } from '../output.ts';
import { checkWritable, fillWhole } from '../write-whole.ts';

/** Flags of `ptelab capture`. */
export interface CaptureFlags extends OutputFlags {
  readonly pid: readonly string[];
  readonly output: string;
  readonly anonymise: boolean;
}

/**
 * Starts a capture of processes of this machine.
 *
 * @throws CliError if this is not Linux.
 */
export function startCapture(verb: string, pids: readonly string[], anonymise: boolean): Capture {
  if (process.platform !== 'linux') {
    const text = `${verb}: expected Linux, found ${process.platform}`;
    throw new CliError('no-linux', text, EXIT.environment);
  }
  return new Capture(parsePids(pids), {
    anonymise,
    onProgress: (comm, vmas) => {
      progress(`${comm}: ${vmas} VMAs`);
    },
  });
}

/** Says on standard error what could not be read, and what changed meanwhile. */
export function noteCapture(capture: Capture, info: SnapshotInfo): void {
  for (const { error } of capture.unread) note(`${error.message}; left out`);
  for (const lack of info.lacks) note(lack);
  for (const { pid, comm, vmas, changedVmas, gone } of info.processes) {
    if (gone) note(`process ${pid} (${comm}) ended while it was read`);
    else if (changedVmas > 0) {
      note(`process ${pid} (${comm}): ${changedVmas} of ${vmas} VMAs changed while they were read`);
    }
  }
}

/** `ptelab capture`: writes what the kernel shows of processes and their pages to a file. */
export async function captureVerb(flags: CaptureFlags): Promise<number> {
  const { output } = flags;
  const capture = startCapture('capture', flags.pid, flags.anonymise);
  await checkWritable('--output', output);
  let vmas = 0;
  let runs = 0;
  let pages = 0;
  await fillWhole('--output', output, (path) => {
    const writer = new SnapshotWriter(path, capture.host, new Date(capture.info().time));
    for (const record of capture.records()) {
      writer.add(record);
      if (record.row === 'vma') vmas++;
      else {
        runs++;
        pages += record.run.pages;
      }
    }
    writer.finish(capture.info());
  });
  progress('');
  const info = capture.info();
  noteCapture(capture, info);
  if (flags.json) {
    const unread = capture.unread.map(({ pid, error }) => ({ pid, why: error.message }));
    await writeJsonLine({ file: output, vmas, runs, pages, unread, info });
  } else {
    const names = info.processes.map(({ pid, comm }) => `${comm} (${pid})`).join(', ');
    await write(`${output}: ${names}: ${vmas} VMAs, ${pages} pages in ${runs} runs\n`);
  }
  return EXIT.held;
}
