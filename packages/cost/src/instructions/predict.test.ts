import { AddressSpace, createSystem, mmapFixed, touchPages } from '@ptelab/mm';
import { mprotect } from '@ptelab/mprotect';
import {
  makeEvents,
  takeEvents,
  VM_READ,
  VM_WRITE,
  x86_64,
  type EventCounters,
  type KernelRelease,
} from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { INSTRUCTION_FEATURES } from './features.ts';
import { INSTRUCTION_KERNELS, instructionPrices, predictInstructions } from './predict.ts';

const PAGES = 16384;

/** Events of making 64 MiB of written single pages read-only. */
function readOnly(kernel: KernelRelease): EventCounters {
  const mm = new AddressSpace(createSystem(x86_64({ kernel })));
  const prot = VM_READ | VM_WRITE;
  mmapFixed(mm, { start: 2 ** 32, nr: PAGES, prot, shared: false, file: null });
  touchPages(mm, 2 ** 32, 2 ** 32 + PAGES, 'write');
  takeEvents(mm.events);
  mprotect(mm, { start: 2 ** 44, length: PAGES * 4096, prot: VM_READ });
  return takeEvents(mm.events);
}

describe('instructions of a call', () => {
  it('4K pages cost 2.2 times as many on x86-64 7.2 as on 6.12: 2.44 M to 5.44 M for 64 MiB', () => {
    const before = predictInstructions(readOnly('6.12'), 'x86-64-6.12').total;
    const after = predictInstructions(readOnly('7.2'), 'x86-64-7.2').total;
    expect(before / 2_438_526).toBeCloseTo(1, 1);
    expect(after / 5_437_264).toBeCloseTo(1, 1);
    expect(after / before).toBeCloseTo(2.23, 1);
  });

  it.each(INSTRUCTION_KERNELS)('%s: every feature has a price, none is negative', (kernel) => {
    const prices = instructionPrices(kernel);
    expect(Object.keys(prices).sort()).toEqual(INSTRUCTION_FEATURES.map(({ name }) => name).sort());
    expect(Math.min(...Object.values(prices))).toBeGreaterThanOrEqual(0);
  });

  it('parts add up to the total', () => {
    const { total, parts } = predictInstructions(readOnly('7.2'), 'x86-64-7.2');
    const sum = parts.reduce((before, { instructions }) => before + instructions, 0);
    expect(sum).toBeCloseTo(total, 3);
    expect(parts.map(({ name }) => name)).toContain('commit');
  });

  it('a call that does nothing else has the price of a call', () => {
    const { calls } = instructionPrices('arm64-7.2');
    expect(predictInstructions(makeEvents(), 'arm64-7.2').total).toBe(calls);
  });

  it('an unknown kernel is refused by name', () => {
    expect(() => predictInstructions(makeEvents(), 'arm64-5.0')).toThrow(
      /no instruction prices for arm64-5\.0: known are arm64-6\.12/,
    );
  });
});
