import { describe, expect, it } from 'vitest';
import { conform, FILES } from './recorded.fixture.ts';

describe('story mode agrees from an empty address space', () => {
  it.each(FILES)('%s', async (file) => {
    const { summary, mismatches } = await conform(file, 'story');
    expect(mismatches).toEqual([]);
    expect(summary.unsupported).toBe(0);
    expect(summary.steps).toBeGreaterThan(0);
  });
});
