import { alternatives, schemasAt, type JsonSchema } from './schema-walk.ts';
import type { YamlPlace } from './yaml-place.ts';

/** Something that may be written at a place. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'key' | 'value';
  /** What is written, with `#{1:0}` where something is to be filled in: its turn, and what stands there first. */
  readonly template: string;
  /** What may stand behind the key, in short; empty for values. */
  readonly detail: string;
  readonly info: string;
  /** The schema asks for it. */
  readonly isRequired: boolean;
}

/** Words of a detail before it is cut. */
const MOST_WORDS = 6;

function isObject({ type, properties }: JsonSchema): boolean {
  return type === 'object' && properties !== undefined;
}

/** What new fields start with where the first that the schema allows would do nothing. */
const STARTS: Readonly<Record<string, string>> = { kb: '64', pages: '16', prot: 'r' };

function wordsOf(schema: JsonSchema): readonly string[] {
  if (schema.enum !== undefined) return schema.enum.map(String);
  if (typeof schema.const === 'string') return [schema.const];
  if (schema.type === 'null') return ['null'];
  return schema.type === 'boolean' ? ['true', 'false'] : [];
}

function detailOf(choices: readonly JsonSchema[]): string {
  const words = choices.flatMap(wordsOf);
  if (words.length > 0) {
    return words.slice(0, MOST_WORDS).join(' | ') + (words.length > MOST_WORDS ? ' | …' : '');
  }
  const [first] = choices;
  if (first === undefined) return '';
  if (isObject(first)) return `{ ${(first.required ?? []).join(', ')} }`;
  return first.type === 'array' ? '[ ]' : (first.type ?? '');
}

/** A key with what the schema asks for behind it: `mprotect: { at: #{1:0}, pages: #{2:16}, prot: #{3:r} }`. */
function keyTemplate(root: JsonSchema, key: string, choices: readonly JsonSchema[]): string {
  const object = choices.find(isObject);
  if (object === undefined || !choices.every(isObject)) {
    const isList = choices.length > 0 && choices.every(({ type }) => type === 'array');
    return isList ? `${key}: [#{}]` : `${key}: #{}`;
  }
  const fields = (object.required ?? []).map((name, i) => {
    const field = alternatives(root, object.properties?.[name] ?? {});
    const [word = ''] = field.flatMap(wordsOf);
    const least = field[0]?.type === 'integer' ? String(field[0].minimum ?? 0) : '';
    if (field.length > 0 && field.every(({ type }) => type === 'array'))
      return `${name}: [#{${i + 1}}]`;
    const start = STARTS[name] ?? (word === '' ? least : word);
    return `${name}: #{${i + 1}:${start}}`;
  });
  return fields.length === 0 ? `${key}: { #{} }` : `${key}: { ${fields.join(', ')} }`;
}

function keySuggestions(
  root: JsonSchema,
  objects: readonly JsonSchema[],
  present: readonly string[],
): Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const object of objects) {
    const properties = object.properties ?? {};
    if (!present.every((key) => key in properties)) continue;
    for (const [key, schema] of Object.entries(properties)) {
      if (present.includes(key) || found.has(key)) continue;
      const choices = alternatives(root, schema);
      found.set(key, {
        label: key,
        kind: 'key',
        template: keyTemplate(root, key, choices),
        detail: detailOf(choices),
        info: choices.find(({ description }) => description !== undefined)?.description ?? '',
        isRequired: object.required?.includes(key) ?? false,
      });
    }
  }
  return [...found.values()];
}

/** What may be written at a place, as the schema has it. */
export function suggestionsAt(root: JsonSchema, place: YamlPlace): readonly Suggestion[] {
  const choices = schemasAt(root, place.way);
  const objects = choices.filter(isObject);
  if (place.at === 'key') return keySuggestions(root, objects, place.present);
  const words = new Set(choices.flatMap(wordsOf));
  const values = [...words].map((word): Suggestion => {
    return { label: word, kind: 'value', template: word, detail: '', info: '', isRequired: false };
  });
  // Where a mapping may begin, its first key may be written: one that tells what it is, if there are such.
  const keys = keySuggestions(root, objects, []);
  const telling = keys.filter(({ isRequired, label }) => isRequired && !words.has(label));
  return [...(telling.length > 0 ? telling : keys), ...values];
}
