import type { AddressSpace, FaultWait } from '@ptelab/mm';
import type { TouchRange } from '../op/operation.ts';
import type { PageTouch } from './page-touch.ts';

/** What touching pages did. */
export interface TouchOutcome {
  /** Faults of each touched page, in order. */
  readonly faults: readonly number[];
  /** Index into `faults` of the pages whose access ended in a signal. */
  readonly signals: readonly number[];
}

/** Pages of an address space that are touched one after the other. */
export interface TouchRequest {
  readonly mm: AddressSpace;
  /** Virtual page of the range's first page. */
  readonly vpn: number;
  readonly range: TouchRange;
  readonly touch: PageTouch;
}

/** A touch that has come to a page where it has to wait. */
interface Waiting extends TouchRequest {
  /** The page, counted from the start of the range. */
  readonly at: number;
  /** Faults that the page has already taken. */
  readonly faults: number;
  readonly waits: FaultWait;
}

/**
 * Touches of a story, and those of them that wait: for the monitor of a userfaultfd, or for the end of a
 * migration. The story goes on meanwhile, as other threads would; a touch that is woken goes on where it
 * stopped.
 */
export class Touches {
  #waiting: Waiting[] = [];
  readonly #resolves: (mm: AddressSpace, vpn: number) => boolean;

  /** @param resolves - lets the monitor answer at once; false if it leaves that to the story. */
  constructor(resolves: (mm: AddressSpace, vpn: number) => boolean) {
    this.#resolves = resolves;
  }

  /** Touches that wait now. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Touches pages up to the first that has to wait. */
  run(request: TouchRequest): TouchOutcome {
    return this.#from(request, 0, 0);
  }

  #from(request: TouchRequest, first: number, taken: number): TouchOutcome {
    const { mm, vpn, range, touch } = request;
    const faults: number[] = [];
    const signals: number[] = [];
    let before = taken;
    for (let at = first; at < range.pages;) {
      const result = touch(mm, vpn + at, at);
      const sum = before + result.faults;
      if (result.waits === undefined) {
        if (result.signal !== null) signals.push(faults.length);
        faults.push(sum);
        at += range.step ?? 1;
        before = 0;
      } else if (result.waits === 'userfaultfd' && this.#resolves(mm, vpn + at)) before = sum;
      else {
        this.#waiting.push({ ...request, at, faults: sum, waits: result.waits });
        break;
      }
    }
    return { faults, signals };
  }

  /** Lets the touches go on that what they wait for has woken; null if there is none. */
  wake(by: FaultWait): TouchOutcome | null {
    const woken = this.#waiting.filter(
      ({ mm, vpn, at, waits }) =>
        waits === by &&
        (by === 'migration' || !mm.userfaultfdEvents.some((event) => event.vpn === vpn + at)),
    );
    if (woken.length === 0) return null;
    this.#waiting = this.#waiting.filter((waiting) => !woken.includes(waiting));
    const faults: number[] = [];
    const signals: number[] = [];
    for (const waiting of woken) {
      const outcome = this.#from(waiting, waiting.at, waiting.faults);
      signals.push(...outcome.signals.map((at) => faults.length + at));
      faults.push(...outcome.faults);
    }
    return { faults, signals };
  }

  /** The process of `mm` has ended, and its touches with it. */
  forget(mm: AddressSpace): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.mm !== mm);
  }
}
