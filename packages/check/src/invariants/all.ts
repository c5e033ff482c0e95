import { asChangedAlone, upgradeGiven } from './as-changed-alone.ts';
import {
  batchBounds,
  batchesCoverPresent,
  commitOrder,
  folioBounds,
  uniformBatch,
} from './batches.ts';
import { pagesCounted } from './count.ts';
import {
  contiguousBlocks,
  frameKept,
  kindKept,
  neighboursKept,
  notPresentChanged,
} from './entries.ts';
import { flushCoverage, flushNeeded } from './flush.ts';
import type { Invariant } from './invariant.ts';
import { dirtyKept, raceKept, softDirtyKept, uffdWpKept, youngKept } from './kept-bits.ts';
import {
  exclusiveWritable,
  foreignNotWritable,
  permissionCeiling,
  sharedCleanNotified,
  softDirtyTracked,
  uffdWpEnforced,
} from './permissions.ts';

/**
 * The rules that one call is judged by, most telling first: where several are broken at once, the
 * first is the one that is reported.
 */
export const CALL_INVARIANTS: readonly Invariant[] = [
  exclusiveWritable,
  foreignNotWritable,
  permissionCeiling,
  sharedCleanNotified,
  softDirtyTracked,
  uffdWpEnforced,
  frameKept,
  kindKept,
  notPresentChanged,
  dirtyKept,
  raceKept,
  softDirtyKept,
  uffdWpKept,
  flushCoverage,
  batchBounds,
  neighboursKept,
  commitOrder,
  batchesCoverPresent,
  folioBounds,
  contiguousBlocks,
  pagesCounted,
  asChangedAlone,
  youngKept,
  uniformBatch,
  upgradeGiven,
  flushNeeded,
];
