import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { validateLine } from '../recording/validate.ts';
import type { Recording, RecordingInfo } from '../recording/types.ts';
import { PtelabEnvironmentError } from '../environment-error.ts';

const SOURCE = 'the probe';

/** How the probe was started. */
export interface ProbeChoice {
  /** The compiled program. */
  readonly path: string;
  /** Folder for the files of scenarios. */
  readonly root: string;
  /** Longest that one scenario may take. */
  readonly seconds: number;
}

/** A running probe: takes scenarios one by one and answers each with its recording. */
export class ProbeProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #complaint = '';
  #line = 0;

  constructor({ path, root, seconds }: ProbeChoice) {
    const args = ['--root', root, '--seconds', String(seconds)];
    this.#child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#complaint = error.message;
        resolve();
      });
      this.#child.on('close', resolve);
    });
    // A probe that has ended is told of by the end of its output.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-1000);
    });
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async #answer(): Promise<Recording | RecordingInfo> {
    const next = await this.#lines.next();
    this.#line++;
    if (next.done === true) {
      await this.#ended;
      const [complaint = ''] = this.#complaint.trim().split('\n').slice(-1);
      const message = complaint === '' ? 'the probe ended too early' : complaint;
      throw new PtelabEnvironmentError('no-probe', message);
    }
    return validateLine(JSON.parse(next.value), SOURCE, this.#line);
  }

  /** What it says of the machine; the first answer. @throws PtelabEnvironmentError if it ends instead. */
  async info(): Promise<RecordingInfo> {
    const answer = await this.#answer();
    if ('t' in answer) return answer;
    throw new Error('the probe began with a recording');
  }

  /**
   * Runs a scenario.
   *
   * @param lines - op lines.
   * @throws PtelabEnvironmentError if the probe ends instead.
   */
  async run(name: string, lines: readonly string[]): Promise<Recording> {
    this.#child.stdin.write([`scenario ${name}`, ...lines, 'end', ''].join('\n'));
    const answer = await this.#answer();
    if ('t' in answer) throw new Error('the probe described the machine again');
    return answer;
  }

  /** Ends it, and waits until it has put the machine's settings back. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    this.#reader.close();
    this.#child.stdout.resume();
    await this.#ended;
  }
}
