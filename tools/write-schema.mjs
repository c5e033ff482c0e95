// Writes schema/scenario.schema.json, which editors use to check scenario files. Build first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { scenarioJsonSchema } from '../packages/scenario/dist/index.js';

const file = fileURLToPath(new URL('../schema/scenario.schema.json', import.meta.url));
const text = JSON.stringify(scenarioJsonSchema());
mkdirSync(fileURLToPath(new URL('../schema', import.meta.url)), { recursive: true });
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
