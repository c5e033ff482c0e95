import type * as z from 'zod/mini';
import type { Path } from './issue.ts';

/** Goes through wrappers (optional, nullable) to the type inside. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodTypes {
  const type = schema as z.core.$ZodTypes;
  const { def } = type._zod;
  return def.type === 'optional' || def.type === 'nullable' ? unwrap(def.innerType) : type;
}

/** The option of a discriminated union that `value` chose. */
function chosen(
  options: readonly z.core.$ZodType[],
  key: string,
  value: unknown,
): z.core.$ZodType | undefined {
  const choice = (value as Readonly<Record<string, unknown>>)[key];
  return options.find((option) => option._zod.propValues?.[key]?.has(choice as string));
}

/**
 * The keys that a schema lets an object at `path` have: what to suggest for a key that it does not.
 * Empty if the path leads to no object.
 */
export function keysOf(schema: z.core.$ZodType, value: unknown, path: Path): readonly string[] {
  const { def } = unwrap(schema)._zod;
  if (def.type === 'union' && 'discriminator' in def) {
    const option = chosen(def.options, String(def.discriminator), value);
    return option === undefined ? [] : keysOf(option, value, path);
  }
  const [step, ...rest] = path;
  const inner = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step ?? ''];
  if (def.type === 'array') return keysOf(def.element, inner, rest);
  if (def.type !== 'object') return [];
  if (step === undefined) return Object.keys(def.shape);
  const field = def.shape[step];
  return field === undefined ? [] : keysOf(field, inner, rest);
}
