import { EXACT_PAIR, NINE_POINTS, RAPTOR_LAKE, SKIP_LOOKUP } from './alder-lake-toggle.ts';
import { COVER_LETTER_V1_V4, COVER_LETTER_V5 } from './cover-letter.ts';
import { BBML2, NEEDS_FLUSH } from './flushes.ts';
import type { PublishedTable } from './row.ts';
import { LIBMICRO, SINGLE_PATH, ZEN3_TOGGLE } from './zen3-toggle.ts';
import { ZEN4_ORDERS } from './zen4-orders.ts';

/** Published figures that the model can compute. */
export const PUBLISHED_TABLES: readonly PublishedTable[] = [
  COVER_LETTER_V5,
  COVER_LETTER_V1_V4,
  NEEDS_FLUSH,
  BBML2,
  ZEN3_TOGGLE,
  SINGLE_PATH,
  LIBMICRO,
  NINE_POINTS,
  EXACT_PAIR,
  SKIP_LOOKUP,
  RAPTOR_LAKE,
  ZEN4_ORDERS,
];
