import * as z from 'zod/mini';

/*
 * Fields of scenario files. Each carries the words that finish "expected …", so that a message says
 * what a field is and not only which type it has.
 */

/** Page numbers and ends of ranges stay below this, so that addresses stay exact and below 2^47. */
export const MAX_PAGES: number = 2 ** 34;

/** What a scenario file may write in other forms than the one that the program sees. */
export interface Leniency {
  /** Text that may be written like a number: the file's own spelling counts. */
  readonly numeric?: true;
  /** A list that may be written without brackets if it has one element. */
  readonly single?: true;
}

/** The lenient fields. {@link scenarioJsonSchema} allows the other forms too. */
export const leniencies: z.core.$ZodRegistry<Leniency> = z.registry<Leniency>();

/** What fields mean, for editors: {@link scenarioJsonSchema} writes it beside their types. */
export const meanings: z.core.$ZodRegistry<{ description: string }> = z.registry<{
  description: string;
}>();

/** Says what a field means where the words of its message do not. */
export function meaning<T extends z.core.$ZodType>(schema: T, what: string): T {
  meanings.add(schema, { description: `${what.charAt(0).toUpperCase()}${what.slice(1)}.` });
  return schema;
}

/** A whole number between bounds, both included. */
export function whole(what: string, min: number, max: number): z.ZodMiniType<number> {
  const error = `${what} (a whole number from ${min} to ${max})`;
  return meaning(
    z.int({ error }).check(z.minimum(min, { error }), z.maximum(max, { error })),
    what,
  );
}

/** One of a list of words. */
export function oneOf<T extends string>(what: string, choices: readonly T[]): z.ZodMiniType<T> {
  return meaning(z.enum(choices, { error: `${what} (${choices.join(', ')})` }), what);
}

/** A word without spaces, also if it looks like a number. */
export function word(what: string): z.ZodMiniType<string> {
  const error = `${what} (text without spaces)`;
  const schema = meaning(z.string({ error }).check(z.regex(/^\S{1,200}$/, { error })), what);
  leniencies.add(schema, { numeric: true });
  return schema;
}

/** A word of a certain form, also if it looks like a number. */
export function wordLike(what: string, form: RegExp): z.ZodMiniType<string, string> {
  const schema = meaning(z.string({ error: what }).check(z.regex(form, { error: what })), what);
  leniencies.add(schema, { numeric: true });
  return schema;
}

/** Yes or no. */
export function flag(what: string): z.ZodMiniType<boolean> {
  return meaning(z.boolean({ error: `${what} (true or false)` }), what);
}

/** A list, or its only element. */
export function oneOrMore<T>(what: string, element: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  const schema = meaning(z.array(element, { error: what }), what);
  leniencies.add(schema, { single: true });
  return schema;
}
