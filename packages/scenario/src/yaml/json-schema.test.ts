import { EVENT_NAMES } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';
import { OP_NAMES, type OpName } from './op-schema.ts';
import { OP_SUMMARIES } from './op-summaries.ts';

interface Part {
  readonly [key: string]: unknown;
  readonly enum?: readonly unknown[];
}

function parts(value: unknown): Part[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(parts);
  return Array.isArray(value) ? inside : [value as Part, ...inside];
}

const text = JSON.stringify(scenarioJsonSchema());
const all = parts(scenarioJsonSchema());

it('names every operation and every counter', () => {
  for (const name of [...OP_NAMES, ...EVENT_NAMES]) expect(text).toContain(`"${name}":`);
});

it('allows kernel releases as numbers where a number says the same', () => {
  const releases = all.find((part) => part.enum?.includes('6.17-rc1'));
  expect(releases?.enum).toContain(6.16);
  expect(releases?.enum).toContain('6.16');
  expect(releases).not.toHaveProperty('type');
});

it('allows an expectation without a list', () => {
  const isReference = (part: Part): boolean => typeof part.$ref === 'string';
  const forms = all
    .filter((part) => Array.isArray(part.anyOf))
    .map((part) => part.anyOf as Part[])
    .find(([one, list]) => one !== undefined && isReference(one) && list?.type === 'array');
  expect((forms?.[1]?.items as Part).$ref).toBe(forms?.[0]?.$ref);
});

it('says of every field of a step what it means', () => {
  const { $defs } = scenarioJsonSchema() as { readonly $defs: Record<string, Part> };
  const described = (part: Part | undefined): boolean =>
    part?.description !== undefined ||
    (typeof part?.$ref === 'string' && described($defs[part.$ref.replace('#/$defs/', '')]));
  const steps = all.filter(({ properties }) => (properties as Part | undefined)?.expect);
  expect(steps).toHaveLength(OP_NAMES.length);
  for (const { properties } of steps) {
    const [op = ''] = Object.keys(properties as Part);
    expect([op, (properties as Record<string, Part>)[op]?.description]).toEqual([
      op,
      OP_SUMMARIES[op as OpName],
    ]);
  }
  const fields = ['at', 'pages', 'prot', 'kind', 'label', 'batches', 'faults', 'waits'];
  for (const field of fields) {
    const found = all.map((part) => part[field] as Part | undefined).filter(Boolean);
    expect([field, found.length > 0, found.every(described)]).toEqual([field, true, true]);
  }
});
