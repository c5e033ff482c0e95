import { mmapFixed, VM_GROWSDOWN } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import type { ProcessSpace } from './process-space.ts';
import type { UnknownMemory } from './replay-result.ts';

/** Pages [start, end). */
export interface PageSpan {
  readonly start: number;
  readonly end: number;
}

/** The parts of [start, end) that nothing is mapped at, as far as the log shows. */
export function holesOf({ mm }: ProcessSpace, start: number, end: number): PageSpan[] {
  const holes: PageSpan[] = [];
  let at = start;
  for (const vma of mm.vmas.overlapping(start, end)) {
    if (vma.start > at) holes.push({ start: at, end: vma.start });
    at = vma.end;
  }
  if (at < end) holes.push({ start: at, end });
  return holes;
}

/**
 * Memory that calls name and no call in the log has mapped: the program's own image, its stack, and
 * whatever was there when strace was attached. A call that succeeds only on mapped memory shows that it
 * is there; it becomes a mapping of private anonymous memory that can be read and written. So an mprotect
 * that makes it just that finds nothing to change.
 */
export class UnknownMappings {
  readonly #byCall = new Map<string, { mappings: number; pages: number }>();

  /** Fills the holes of [start, end); says which they were. */
  fill(space: ProcessSpace, start: number, end: number, call: string, grows = false): PageSpan[] {
    const holes = holesOf(space, start, end);
    for (const hole of holes) {
      const nr = hole.end - hole.start;
      const count = this.#byCall.get(call) ?? { mappings: 0, pages: 0 };
      count.mappings++;
      count.pages += nr;
      this.#byCall.set(call, count);
      mmapFixed(space.mm, {
        start: hole.start,
        nr,
        prot: VM_READ | VM_WRITE,
        shared: false,
        file: null,
        vmFlags: grows ? VM_GROWSDOWN : 0,
      });
    }
    return holes;
  }

  all(): UnknownMemory[] {
    return [...this.#byCall].map(([call, count]) => ({ call, ...count }));
  }
}
