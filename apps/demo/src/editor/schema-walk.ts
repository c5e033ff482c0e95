import { ITEM, type WayStep } from './yaml-place.ts';

/** What of JSON Schema scenario files are described with. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
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

/** What is said of a use of a schema goes before what the schema says of itself. */
function described(schema: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? schema : { ...schema, description };
}

/** A schema with all that it refers to, taken apart into its alternatives. */
export function alternatives(root: JsonSchema, schema: JsonSchema): readonly JsonSchema[] {
  const { $ref, anyOf, oneOf, description } = schema;
  if ($ref !== undefined) {
    const name = REFERENCE.exec($ref)?.[1] ?? '';
    const target = root.$defs?.[name];
    return target === undefined ? [] : alternatives(root, described(target, description));
  }
  const choices = anyOf ?? oneOf;
  if (choices === undefined) return [schema];
  return choices.flatMap((each) => alternatives(root, described(each, description)));
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
