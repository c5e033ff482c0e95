import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PtelabInputError } from '../input-error.ts';
import type { Recording, RecordingInfo } from '../recording/types.ts';
import { compileProbe } from './compile-probe.ts';
import { runningConfig } from './kernel-config.ts';
import { ProbeProcess } from './probe-process.ts';
import { checkRequirements } from './requirements.ts';

/** Longest that one scenario may take, in seconds, unless it is said otherwise. */
const SECONDS = 60;

/** Why a scenario has no recording. */
export interface Unfinished {
  readonly code: 'killed' | 'too-slow';
  /** What was expected, and what happened. */
  readonly message: string;
}

/** The kernel that this machine runs, ready to carry out scenarios. */
export class LiveKernel {
  /** What the probe says of the machine. */
  readonly info: RecordingInfo;
  /** Choices of the kernel's build; empty if it does not show them. */
  readonly config: Readonly<Record<string, string>>;
  readonly #probe: ProbeProcess;
  readonly #folder: string;
  readonly #seconds: number;

  private constructor(
    probe: ProbeProcess,
    folder: string,
    info: RecordingInfo,
    config: Readonly<Record<string, string>>,
    seconds: number,
  ) {
    this.#seconds = seconds;
    this.#probe = probe;
    this.#folder = folder;
    this.info = info;
    this.config = config;
  }

  /**
   * Compiles and starts the probe. Settings of large folios are the machine's again after
   * {@link LiveKernel.close}, and also if this process ends without it.
   *
   * @param seconds - longest that one scenario may take.
   * @throws PtelabEnvironmentError if the machine lacks something.
   */
  static async open(seconds: number = SECONDS): Promise<LiveKernel> {
    await checkRequirements();
    const folder = await mkdtemp(join(tmpdir(), 'ptelab-live-'));
    try {
      const path = await compileProbe(folder);
      const probe = new ProbeProcess({ path, root: folder, seconds });
      return new LiveKernel(probe, folder, await probe.info(), await runningConfig(), seconds);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Carries out a scenario in a new process, which may be killed, or take too long.
   *
   * @param lines - op lines, without the name.
   */
  async attempt(name: string, lines: readonly string[]): Promise<Recording | Unfinished> {
    const recording = await this.#probe.run(name, lines);
    if (recording.timeout === 1) {
      return { code: 'too-slow', message: `expected an end within ${this.#seconds} s` };
    }
    if (recording.status !== 0) {
      const message = `expected the process to end by itself, found wait status ${recording.status}`;
      return { code: 'killed', message };
    }
    return { ...recording, config: { ...this.config, ...recording.config } };
  }

  /**
   * Carries out a scenario in a new process.
   *
   * @param lines - op lines, without the name.
   * @throws PtelabInputError if the process was killed, or took too long.
   */
  async run(name: string, lines: readonly string[]): Promise<Recording> {
    const answer = await this.attempt(name, lines);
    if ('code' in answer) throw new PtelabInputError(answer.code, name, 0, answer.message);
    return answer;
  }

  /** Puts the machine's settings back and removes what was compiled. */
  async close(): Promise<void> {
    await this.#probe.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
