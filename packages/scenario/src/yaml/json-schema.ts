import * as z from 'zod/mini';
import { expectation } from './expect-schema.ts';
import { leniencies, meanings } from './field.ts';
import { OP_BODIES, OP_NAMES, PLAIN_OPS } from './op-schema.ts';
import { OP_SUMMARIES } from './op-summaries.ts';
import { scenarioWith } from './scenario-schema.ts';

type Json = z.core.JSONSchema.BaseSchema;

/** Moves all that `schema` says into one of two alternatives. */
function orElse(schema: Json, other: Json): void {
  const { description, ...own } = schema;
  for (const key of Object.keys(schema)) Reflect.deleteProperty(schema, key);
  if (description !== undefined) schema.description = description;
  schema.anyOf = [own, other];
}

/** Says what a step does where its operation is named. */
function addSummary(schema: Json): void {
  for (const op of OP_NAMES) {
    const body = schema.properties?.[op];
    if (typeof body !== 'object' || schema.properties?.expect === undefined) continue;
    schema.properties[op] = { description: OP_SUMMARIES[op], ...body };
  }
}

/** Allows the forms that a file may use and that the program never sees. */
function addLenientForms(zodSchema: z.core.$ZodType, schema: Json): void {
  const leniency = leniencies.get(zodSchema);
  if (leniency?.single === true) orElse(schema, schema.items as Json);
  if (leniency?.numeric !== true) return;
  if (schema.enum === undefined) {
    orElse(schema, { type: 'number' });
    return;
  }
  const numbers = schema.enum.filter((text) => String(Number(text)) === text).map(Number);
  delete schema.type;
  schema.enum = [...schema.enum, ...numbers];
}

/** The JSON Schema of scenario files, for editors. Plain data; draft 2020-12. */
export function scenarioJsonSchema(): Readonly<Record<string, unknown>> {
  const expect = z.exactOptional(z.union([expectation, z.array(expectation)]));
  const maps = OP_NAMES.map((op) => {
    const body: z.ZodMiniType<object> = OP_BODIES[op];
    const plain = PLAIN_OPS.includes(op);
    return z.strictObject({ [op]: plain ? z.nullable(body) : body, expect });
  });
  const schema = scenarioWith(z.union([z.enum(PLAIN_OPS), ...maps]));
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    reused: 'ref',
    metadata: meanings,
    override: ({ zodSchema, jsonSchema }) => {
      addLenientForms(zodSchema, jsonSchema);
      addSummary(jsonSchema);
    },
  });
  return { $schema, title: 'ptelab scenario', ...rest };
}
