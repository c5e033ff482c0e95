import { ITEM, type WayStep } from './yaml-place.ts';

/** What of JSON Schema scenario files are described with. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const REFERENCE = /^#\/\$defs\/(.+)$/;

/** A schema with all that it refers to, taken apart into its alternatives. */
export function alternatives(root: JsonSchema, schema: JsonSchema): readonly JsonSchema[] {
  const { $ref, anyOf } = schema;
  if ($ref !== undefined) {
    const name = REFERENCE.exec($ref)?.[1] ?? '';
    const target = root.$defs?.[name];
    return target === undefined ? [] : alternatives(root, target);
  }
  return anyOf === undefined ? [schema] : anyOf.flatMap((each) => alternatives(root, each));
}

function below(schema: JsonSchema, step: WayStep): JsonSchema | null {
  if (step === ITEM) return schema.items ?? null;
  const own = schema.properties?.[step];
  if (own !== undefined) return own;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
}

/** What may stand at the end of a way, as alternatives; none where the schema knows no such way. */
export function schemasAt(root: JsonSchema, way: readonly WayStep[]): readonly JsonSchema[] {
  let here = alternatives(root, root);
  for (const step of way) {
    here = here.flatMap((schema) => {
      const next = below(schema, step);
      return next === null ? [] : alternatives(root, next);
    });
  }
  return here;
}
