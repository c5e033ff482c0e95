import { FAULT_EFFECTS } from '@ptelab/mm';
import {
  EVENT_NAMES,
  KERNEL_RELEASES,
  TLB_VIOLATION_KINDS,
  type ArchName,
  type TlbPolicy,
} from '@ptelab/pte';
import * as z from 'zod/mini';
import type { Operation } from '../op/operation.ts';
import type { Expectation } from '../scenario.ts';
import { leniencies, MAX_PAGES, meaning, oneOf, oneOrMore, whole, word } from './field.ts';

/** The architectures that scenarios and the command line can name. */
export const ARCH_NAMES: readonly ArchName[] = ['arm64', 'x86-64'];

/** How contiguous entries may get into a TLB, as scenarios and the command line name it. */
export const TLB_POLICIES: readonly TlbPolicy[] = ['block', 'page'];

const ERRORS = ['EACCES', 'EAGAIN', 'EBUSY', 'EFAULT', 'EINVAL', 'ENOMEM', 'EPERM'] as const;

function countOf(what: string): z.ZodMiniType<number> {
  return meaning(whole('a count', 0, Number.MAX_SAFE_INTEGER), what);
}

const count = whole('a count', 0, Number.MAX_SAFE_INTEGER);
const release = oneOf('a kernel release', KERNEL_RELEASES);
leniencies.add(release, { numeric: true });
const optional = z.exactOptional;

const on = z.strictObject(
  {
    arch: optional(oneOrMore('architectures', oneOf('an architecture', ARCH_NAMES))),
    kernel: optional(oneOrMore('kernel releases', release)),
    strategy: optional(oneOrMore('strategy names', word('the name of a strategy'))),
  },
  { error: 'machines: { arch, kernel, strategy }' },
);

const events = z.strictObject(
  Object.fromEntries(EVENT_NAMES.map((name) => [name, optional(count)])),
  { error: 'event counters: { rawReads: … }' },
);

const effects = z.strictObject(
  Object.fromEntries(FAULT_EFFECTS.map((name) => [name, optional(count)])),
  { error: 'effects of faults: { reuse: … }' },
);

const violations = z.union([count, z.array(z.enum(TLB_VIOLATION_KINDS))], {
  error: `a count or kinds of violations (${TLB_VIOLATION_KINDS.join(', ')})`,
});

/** The shape of one expectation. */
export const expectation: z.ZodMiniType<Expectation> = z.strictObject(
  {
    on: optional(meaning(on, 'the machines that the expectation is for; all unless said')),
    error: optional(
      meaning(
        z.nullable(
          z.enum(ERRORS, { error: `an error (${ERRORS.join(', ')}, or null for success)` }),
        ),
        'the error that the call returns, or null',
      ),
    ),
    changed: optional(meaning(whole('a number of entries', 0, MAX_PAGES), 'entries that change')),
    batches: optional(
      meaning(
        z.array(whole('the length of a batch', 1, MAX_PAGES), { error: 'a list of batch lengths' }),
        'lengths of the batches, in order',
      ),
    ),
    events: optional(meaning(events, 'what the step counts, by counter')),
    faults: optional(countOf('faults of the step')),
    effects: optional(meaning(effects, 'what the predicted faults do, by effect')),
    signals: optional(countOf('signals of the step')),
    violations: optional(
      meaning(violations, 'translations that must not exist: how many, or which'),
    ),
    waits: optional(countOf('touches that wait after the step')),
  },
  {
    error:
      'an expectation: { on, error, changed, batches, events, faults, effects, signals, violations, waits }',
  },
);

/** Fields of an expectation that only an mprotect step can meet. */
export const MPROTECT_ONLY: readonly (keyof Expectation)[] = ['changed', 'batches'];

/** Fields of an expectation that only a predict step can meet. */
export const PREDICT_ONLY: readonly (keyof Expectation)[] = ['effects'];

/** Operations whose error an expectation may name. */
export const MAY_FAIL: readonly Operation['op'][] = ['mprotect', 'madvise', 'pin'];
