/**
 * What a replay takes from a recording because no story can say it, by name, and why that is so.
 *
 * Everything else of a recording is compared, never used.
 */
export const INPUTS: Readonly<Record<InputName, string>> = {
  'frame-alignment': `where in a contiguous block a frame of a folio smaller than that lies, when the kernel
    stores the block's last entry: what its allocator picked`,
  'switched-out': `whether the scheduler let another task run before fork or clear_refs was over, after
    which the kernel writes to one more page of the program: timer-driven`,
  'old-program-pages': `faults on the program's own code and data after clear_refs 1 on a CPU without
    hardware access flag: which translations the TLB still held, and what shares a page in the program`,
  'lazyfree-batch': `when the CPU's batch of MADV_FREE was worked off before the story does it: other tasks
    of the CPU can`,
};

/** Name of something that a replay takes from a recording. */
export type InputName = 'frame-alignment' | 'lazyfree-batch' | 'old-program-pages' | 'switched-out';

/** All names, in alphabetical order. */
export const INPUT_NAMES: readonly InputName[] = [
  'frame-alignment',
  'lazyfree-batch',
  'old-program-pages',
  'switched-out',
];
