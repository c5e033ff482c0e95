/*
 * Rows that the model misses by more than the tolerance, and why. Written after the comparison, about rows
 * that stayed validation rows: nothing was fitted to them.
 */

const OTHER_CONFIGURATION =
  'v1 to v4 and v5 exclude each other: rounded as they are, T2 gives 3.5 to 3.7 here and 2.6 to 3.2 in v5, to which the machine is fitted';
const GUEST_NOISE =
  'measured on a shared host and good to 25 % only; giving write permission back took 4 to 6 ns a page more with folios up to 128 KiB, with 2 MiB only 2';

/** Why a validation row is outside, by row id. */
export const OUTSIDE_REASONS: ReadonlyMap<string, string> = new Map([
  ['v1-T2', OTHER_CONFIGURATION],
  ['v3-T2', OTHER_CONFIGURATION],
  ['v4-T2', OTHER_CONFIGURATION],
  ['v4-T2-T3-after', OTHER_CONFIGURATION],
  [
    'libmicro-neoverse-n1',
    'all prices of this machine are estimates; the prediction is inside the 5 to 55 % that were published for all machines together',
  ],
  [
    'bbml2-convert',
    'all prices of this machine are estimates and the CPU is not named; the saved share is 87 % against 80 %',
  ],
  [
    'skip-2m',
    'without lookups the same code does the same to both layouts, yet 47.13 ns were measured with 4 KiB pages and 38.13 with the folio; the model has no term that tells them apart',
  ],
  [
    'raptor-fresh-7.1',
    'single entries took 20 % more on 7.1 than on 6.17; the nine points, to which the path is fitted, end at 6.17, and the path for single entries gains nothing on this memory',
  ],
  ['orders-16-KiB-rw', GUEST_NOISE],
  ['orders-64-KiB-rw', GUEST_NOISE],
]);
