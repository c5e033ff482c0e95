import type { TlbPolicy } from '@ptelab/pte';
import * as z from 'zod/mini';
import { TLB_POLICIES } from './expect-schema.ts';
import { leniencies, meaning, oneOf } from './field.ts';

/** The top of a scenario file. */
export interface ScenarioShape {
  name: string;
  title?: string;
  description?: string;
  tlb?: TlbPolicy;
  steps: unknown[];
}

const nameError = 'a name (letters, digits, and . _ - inside)';
const name = z
  .string({ error: nameError })
  .check(z.regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: nameError }));
leniencies.add(name, { numeric: true });
meaning(name, 'a name for the scenario');

const title = z
  .string({ error: 'a title (one line of text)' })
  .check(z.regex(/^[^\n]*$/, { error: 'a title (one line of text)' }));

const top = {
  name,
  title: z.exactOptional(meaning(title, 'what the scenario shows, in a line')),
  description: z.exactOptional(
    meaning(z.string({ error: 'a description (text)' }), 'what happens, in some sentences'),
  ),
  tlb: z.exactOptional(oneOf('how contiguous entries get into the TLB', TLB_POLICIES)),
};

/** The keys of a scenario file. */
export const TOP_KEYS: readonly string[] = ['name', 'title', 'description', 'tlb', 'steps'];

/** The shape of a file with steps of the shape `step`. */
export function scenarioWith<T>(
  step: z.ZodMiniType<T>,
): z.ZodMiniType<Omit<ScenarioShape, 'steps'> & { steps: T[] }> {
  const error = 'a list of steps';
  return z.strictObject(
    {
      ...top,
      steps: meaning(
        z.array(step, { error }).check(z.minLength(1, { error: 'at least one step' })),
        'what happens, step by step',
      ),
    },
    { error: 'a scenario' },
  );
}

/** The shape of a file whose steps are looked at one by one, for messages that name the step. */
export const scenarioShape: z.ZodMiniType<ScenarioShape> = scenarioWith(z.unknown());
