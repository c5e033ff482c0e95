import { describe, expect, it } from 'vitest';
import { conform, FILES } from './recorded.fixture.ts';

it('there are recordings of both architectures and three kernels', () => {
  for (const start of [
    'arm64-6.12',
    'arm64-7.2',
    'arm64-7.3',
    'amd64-6.12',
    'amd64-7.2',
    'amd64-7.3',
  ]) {
    expect(FILES.some((name) => name.startsWith(start))).toBe(true);
  }
});

describe('step mode agrees with every recorded mprotect', () => {
  it.each(FILES)('%s', async (file) => {
    const { summary, mismatches } = await conform(file, 'step');
    expect(mismatches).toEqual([]);
    expect(summary.unsupported).toBe(0);
    expect(summary.steps).toBeGreaterThan(0);
    expect(summary.ptes).toBeGreaterThan(5000);
  });
});
