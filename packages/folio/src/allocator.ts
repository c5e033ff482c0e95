/** Chooses page frames. Implementations must return frames aligned to the order and not in use. */
export interface FolioAllocator {
  /** Returns the head frame of `2 ** order` free frames, or null if there are none. */
  alloc(order: number): number | null;
  /** First frame of those that are left, if they are handed out in ascending order and never again. */
  readonly next?: number;
}

/**
 * Hands out frames in ascending order and never uses one twice, so that a frame number names one
 * page for the whole of a story.
 *
 * @param first - first frame that may be used.
 */
export function sequentialAllocator(first = 0x10000): FolioAllocator {
  let next = first;
  return {
    alloc(order) {
      const nr = 2 ** order;
      const head = Math.ceil(next / nr) * nr;
      next = head + nr;
      return head;
    },
    get next() {
      return next;
    },
  };
}

/** One scripted answer: where an allocation of `order` lands, or null to make it fail. */
export interface ScriptedAllocation {
  readonly order: number;
  readonly pfn: number | null;
}

/**
 * Answers from a script, so that the choices of a real allocator can be repeated.
 *
 * An allocation that is not the next of the script goes to `fallback`.
 */
export function scriptedAllocator(
  script: readonly ScriptedAllocation[],
  fallback: FolioAllocator,
): FolioAllocator {
  let at = 0;
  return {
    alloc(order) {
      const next = script[at];
      if (next?.order !== order) return fallback.alloc(order);
      at++;
      return next.pfn;
    },
  };
}
