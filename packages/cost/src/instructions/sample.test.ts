import { makeEvents } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { assessInstructions } from './assess.ts';
import { fitInstructionKernels } from './fit.ts';
import { withoutDisturbed, type InstructionSample } from './sample.ts';

function sample(family: string, leafTables: number, instructions: number): InstructionSample {
  const events = { ...makeEvents(), leafTables };
  const kernel = 'arm64-6.12';
  const op = 'mprotect 0 1 r';
  return {
    kernel,
    scenario: `${family}_x`,
    step: 1,
    op,
    family,
    events,
    instructions,
    systemCalls: 1,
  };
}

it('a call that took thousands more than another with the same events was disturbed', () => {
  const calls = [
    sample('a', 1, 3000),
    sample('a', 1, 5001),
    sample('a', 1, 4999),
    sample('a', 2, 9000),
  ];
  expect(withoutDisturbed(calls).disturbed).toEqual([calls[1]]);
});

it('so was a call in whose window other system calls were counted', () => {
  const twice = { ...sample('a', 1, 3000), systemCalls: 2 };
  expect(withoutDisturbed([twice]).disturbed).toEqual([twice]);
});

it('only fit families are fitted to: what validation families took changes no price', () => {
  const fit = [1, 2, 5, 9].map((tables) => sample('a', tables, 1000 + 100 * tables));
  const prices = fitInstructionKernels([...fit, sample('k', 3, 1e6)]);
  expect(prices).toEqual(fitInstructionKernels(fit));
  expect(prices['arm64-6.12']).toMatchObject({ calls: 1000, leafTables: 100, pageLookups: 0 });
});

it('errors are told per family, and the bounds are held by validation families alone', () => {
  const calls = [sample('a', 1, 2200), sample('k', 2, 1200), sample('l', 3, 1290)];
  const told = assessInstructions('arm64-6.12', calls, { calls: 1000, leafTables: 100 });
  expect(told.families.map(({ family, use }) => `${family} ${use}`)).toEqual([
    'a fit',
    'k validation',
    'l validation',
  ]);
  expect([told.fit.median, told.validation.median, told.held]).toEqual([0.5, 0, true]);
});

it('a kernel without any call of the fit families gets no prices', () => {
  expect(fitInstructionKernels([sample('k', 1, 1100)])).toEqual({});
});

it('two things that come in equal numbers share their price; what the code tells is not fitted', () => {
  const calls = [1, 2, 5, 9].map((n) => {
    const base = sample('a', 1, 1000 + (80 + 256) * n);
    const events = { ...base.events, pageLookups: n, upgradeTests: n, batches: n, icacheSyncs: n };
    return { ...base, events };
  });
  const prices = fitInstructionKernels(calls)['arm64-6.12'];
  expect(prices).toMatchObject({ pageLookups: prices?.upgradeTests, icacheSyncs: 256 });
});
