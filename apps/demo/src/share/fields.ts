/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for objects that are no lists. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True if `value` is one of the choices. */
export function oneOf(value: unknown, choices: readonly unknown[]): boolean {
  return choices.includes(value);
}
