import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BUDGET, type BudgetPart } from './budget.ts';

const BUILT = join(import.meta.dirname, '../dist/web');

/** When a file is loaded: with the page, as its worker, or when something is asked for that needs it. */
function partOf(name: string, page: string): BudgetPart {
  if (name === 'index.html' || page.includes(name)) return 'page';
  return name.startsWith('assets/worker-') ? 'worker' : 'onDemand';
}

it('what is loaded stays within its budget', () => {
  const page = readFileSync(join(BUILT, 'index.html'), 'utf8');
  const bytes = { page: 0, worker: 0, onDemand: 0 };
  for (const entry of readdirSync(BUILT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(BUILT.length + 1).replaceAll('\\', '/');
    bytes[partOf(name, page)] += gzipSync(readFileSync(path), { level: 9 }).length;
  }
  expect(bytes.page).toBeGreaterThan(0);
  expect(bytes.worker).toBeGreaterThan(0);
  for (const part of Object.keys(BUDGET) as BudgetPart[]) {
    const fits = bytes[part] <= BUDGET[part];
    expect({ part, bytes: bytes[part], fits }).toEqual({ part, bytes: bytes[part], fits: true });
  }
});
