import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { recordInGuest, type GuestRecording } from '@ptelab/kernel';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { note, progress, write, writeJsonLine } from '../output.ts';
import { readStories } from '../record/read-stories.ts';
import { checkWritable, writeWhole } from '../write-whole.ts';

/** Flags of `ptelab record --qemu`. */
export interface RecordQemuFlags extends OutputFlags {
  readonly qemu: boolean;
  readonly arch?: string;
  readonly kernelDeb?: readonly string[];
  readonly debianSuite?: string;
  readonly kernelPackage?: string;
  readonly cpu?: string;
  readonly family?: string;
  readonly timeout?: string;
  readonly out?: string;
}

const CPU = /^[\w.,=+-]+$/;
const MOST_SECONDS = 7 * 24 * 3600;

function secondsOf(text = '3600'): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= MOST_SECONDS) return seconds;
  throw new CliError('bad-flag', `--timeout: expected seconds from 1, found ${text}`);
}

function kernelOf(flags: RecordQemuFlags): GuestRecording['kernel'] {
  const { kernelDeb, debianSuite, kernelPackage } = flags;
  if ((kernelDeb === undefined) === (debianSuite === undefined)) {
    const found = kernelDeb === undefined ? 'neither' : 'both';
    throw new CliError('bad-flag', `expected --kernel-deb or --debian-suite, found ${found}`);
  }
  if (kernelDeb !== undefined) {
    if (kernelPackage === undefined) return { debs: kernelDeb };
    throw new CliError('bad-flag', '--kernel-package: expected with --debian-suite only');
  }
  return {
    suite: debianSuite ?? '',
    ...(kernelPackage === undefined ? {} : { name: kernelPackage }),
  };
}

function optionsOf(flags: RecordQemuFlags): Omit<GuestRecording, 'stories'> {
  const { cpu } = flags;
  if (cpu !== undefined && !CPU.test(cpu)) {
    throw new CliError('bad-flag', `--cpu: expected a CPU model of qemu, found ${cpu}`);
  }
  return {
    arch: oneChoice('--arch', flags.arch ?? 'arm64', ['arm64', 'x86-64']),
    kernel: kernelOf(flags),
    timeout: secondsOf(flags.timeout),
    ...(cpu === undefined ? {} : { cpu }),
    onProgress: progress,
  };
}

const GUEST_FLAGS = [
  ['arch', '--arch'],
  ['kernelDeb', '--kernel-deb'],
  ['debianSuite', '--debian-suite'],
  ['kernelPackage', '--kernel-package'],
  ['cpu', '--cpu'],
  ['family', '--family'],
  ['timeout', '--timeout'],
] as const;

/** Refuses what means nothing for the running kernel. */
export function refuseGuestFlags(flags: RecordQemuFlags): void {
  const given = GUEST_FLAGS.find(([key]) => flags[key] !== undefined);
  if (given === undefined) return;
  throw new CliError('bad-usage', `${given[1]}: expected with --qemu only`);
}

/** `ptelab record --qemu`: boots a kernel of Debian in emulation and records it. */
export async function recordQemuVerb(
  files: readonly string[],
  flags: RecordQemuFlags,
): Promise<number> {
  if (process.platform !== 'linux') {
    throw new CliError('not-linux', 'record --qemu: expected Linux', EXIT.environment);
  }
  const { out } = flags;
  if (out === undefined) throw new CliError('bad-usage', '-o: expected a file, found nothing');
  const options = optionsOf(flags);
  await checkWritable('-o', out);
  const stories = await readStories(files, flags.family);
  const { release, cpu, text, failed, notes } = await recordInGuest({
    ...options,
    stories,
  }).finally(() => {
    progress('');
  });
  await writeWhole('-o', out, out.endsWith('.gz') ? gzipSync(text, { level: 9 }) : text);
  const summary = { release, cpu, recordings: stories.length, failed, notes, out };
  if (flags.json) await writeJsonLine(summary);
  else await write(`${release} on ${cpu}: ${stories.length} scenarios recorded in ${out}\n`);
  for (const text of notes) note(`in the guest: ${text}`);
  for (const name of failed) note(`${name}: the scenario's process did not end by itself`);
  return failed.length === 0 ? EXIT.held : EXIT.failed;
}
