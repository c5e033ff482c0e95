import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GUEST_PARAMETERS, type GuestMachine } from './guest-machine.ts';
import { findProgram } from './required-programs.ts';
import { PtelabEnvironmentError } from '../../environment-error.ts';

/** What to boot. */
export interface Boot {
  readonly machine: GuestMachine;
  readonly cpu: string;
  readonly image: string;
  readonly initrd: string;
  /** A file that is the guest's disk. */
  readonly disk: string;
  /** Where logs and the guest's output go. */
  readonly folder: string;
  /** Longest that the guest may run, in seconds. */
  readonly timeout: number;
  /** Called now and then with the lines that the probe has written so far. */
  readonly onLines?: (lines: number) => void;
}

/** What came of a boot. */
export interface BootOutcome {
  /** What the probe wrote. */
  readonly output: string;
  /** What the guest could not set up, which concerns some scenarios only. */
  readonly notes: readonly string[];
}

const MEMORY_MB = '2048';
const POLL_MS = 500;
const NEWLINE = 0x0a;

/** Words for qemu: emulation in software, so that it works everywhere and the same. */
export function qemuWords(boot: Boot): string[] {
  const { machine, cpu, image, initrd, disk, folder } = boot;
  return [
    ...machine.machine,
    ...['-cpu', cpu, '-accel', 'tcg', '-smp', '1', '-m', MEMORY_MB],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...['-serial', `file:${join(folder, 'console.log')}`],
    ...['-device', 'virtio-serial-pci'],
    ...['-chardev', `file,id=out,path=${join(folder, 'out.ndjson')}`],
    ...['-device', 'virtserialport,chardev=out,name=ptelab.out'],
    ...[
      '-drive',
      `file=${disk},if=none,id=disk,format=raw`,
      '-device',
      'virtio-blk-pci,drive=disk',
    ],
    ...['-kernel', image, '-initrd', initrd],
    ...['-append', [...machine.parameters, ...GUEST_PARAMETERS].join(' ')],
  ];
}

/** Counts the lines of a file that grows. */
class LineCounter {
  lines = 0;
  #read = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async update(): Promise<void> {
    const { size } = await stat(this.#path).catch(() => ({ size: 0 }));
    if (size <= this.#read) return;
    for await (const chunk of createReadStream(this.#path, { start: this.#read, end: size - 1 })) {
      const bytes = chunk as Buffer;
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
        this.lines++;
    }
    this.#read = size;
  }
}

/** What the guest says on the console for us: lines `rig: TEXT`, among the kernel's own. */
function guestWords(consoleLog: string): string[] {
  return [...consoleLog.matchAll(/^.*?rig: (.*)$/gm)].map(([, text]) => (text ?? '').trim());
}

const NOTE = 'note ';

function runQemu(program: string, boot: Boot, complaints: Buffer[]): Promise<'ended' | 'late'> {
  const counter = new LineCounter(join(boot.folder, 'out.ndjson'));
  return new Promise((resolve, reject) => {
    const qemu = spawn(program, qemuWords(boot), { stdio: ['ignore', 'ignore', 'pipe'] });
    let late = false;
    const watch = setInterval(() => {
      void counter.update().then(() => boot.onLines?.(counter.lines));
    }, POLL_MS);
    const alarm = setTimeout(() => {
      late = true;
      qemu.kill('SIGKILL');
    }, boot.timeout * 1000);
    const stop = (): void => {
      clearInterval(watch);
      clearTimeout(alarm);
    };
    qemu.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    qemu.on('error', (error) => {
      stop();
      reject(error);
    });
    qemu.on('close', () => {
      stop();
      resolve(late ? 'late' : 'ended');
    });
  });
}

/**
 * Boots a guest and waits until it has powered off.
 *
 * @throws PtelabEnvironmentError if the guest takes too long or does not come to its end.
 */
export async function bootGuest(boot: Boot): Promise<BootOutcome> {
  const { folder } = boot;
  const complaints: Buffer[] = [];
  const program = (await findProgram(boot.machine.qemu)) ?? boot.machine.qemu;
  const outcome = await runQemu(program, boot, complaints);
  const said = Buffer.concat(complaints).toString('utf8').trim();
  const words = guestWords(await readFile(join(folder, 'console.log'), 'utf8').catch(() => ''));
  const end = words.at(-1) ?? 'nothing from the guest';
  if (outcome === 'late') {
    const text = `expected the guest to end within ${boot.timeout} s, last seen: ${end}`;
    throw new PtelabEnvironmentError('guest-timeout', `${text}; logs are in ${folder}`);
  }
  if (end !== 'ended 0') {
    const found = said === '' ? end : `${end} (${said.split('\n').at(-1) ?? ''})`;
    throw new PtelabEnvironmentError(
      'guest-failed',
      `expected the guest to say "ended 0", found ${found}; logs are in ${folder}`,
    );
  }
  const notes = words.filter((text) => text.startsWith(NOTE));
  return {
    output: await readFile(join(folder, 'out.ndjson'), 'utf8'),
    notes: notes.map((text) => text.slice(NOTE.length)),
  };
}
