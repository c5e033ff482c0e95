import { q16, q17, q25 } from './outside.ts';
import { q01 } from './q01-exclusive.ts';
import { q02 } from './q02-write-bit.ts';
import { q03 } from './q03-callers.ts';
import { q04 } from './q04-batch-start.ts';
import { q05 } from './q05-lookups.ts';
import { q06 } from './q06-merged-dirty.ts';
import { q07 } from './q07-soft-dirty.ts';
import { q08 } from './q08-helpers.ts';
import { q09 } from './q09-flags.ts';
import { q10 } from './q10-sub-batches.ts';
import { q11 } from './q11-single-entries.ts';
import { q12 } from './q12-one-entry.ts';
import { q13 } from './q13-order-0.ts';
import { q14 } from './q14-maybe-contiguous.ts';
import { q15 } from './q15-batch-hint.ts';
import { q18 } from './q18-per-order.ts';
import { q19 } from './q19-count.ts';
import { q20 } from './q20-flush.ts';
import { q21 } from './q21-arm64.ts';
import { q22 } from './q22-erosion.ts';
import { q23 } from './q23-numa-skip.ts';
import { q24 } from './q24-xchg.ts';
import type { Question } from './question.ts';

/** The design questions of the review of the mprotect batching series, by number. */
export const QUESTIONS: readonly Question[] = [
  q01,
  q02,
  q03,
  q04,
  q05,
  q06,
  q07,
  q08,
  q09,
  q10,
  q11,
  q12,
  q13,
  q14,
  q15,
  q16,
  q17,
  q18,
  q19,
  q20,
  q21,
  q22,
  q23,
  q24,
  q25,
];
