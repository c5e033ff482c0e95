import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { testMm } from '../testing.fixture.ts';
import { executeOnlyPkey } from './execute-only.ts';

describe('the key of execute-only memory', () => {
  it('is allocated once where the CPU has keys', () => {
    const mm = testMm(x86_64({ kernel: '7.2' }));
    expect([mm.executeOnlyPkey, ...mm.pkeys]).toEqual([0, 0]);
    expect([executeOnlyPkey(mm), executeOnlyPkey(mm)]).toEqual([1, 1]);
    expect([...mm.pkeys]).toEqual([0, 1]);
  });

  it.each([
    ['x86-64 without keys', x86_64({ kernel: '7.2', pku: false })],
    ['arm64', arm64({ kernel: '7.2' })],
  ])('%s has none', (_, arch) => {
    const mm = testMm(arch);
    expect(executeOnlyPkey(mm)).toBe(0);
    expect([...mm.pkeys]).toEqual([0]);
  });
});
