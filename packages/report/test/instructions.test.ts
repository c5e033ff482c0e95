import type { AssessedCall, InstructionAssessment } from '@ptelab/cost';
import { makeEvents } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { renderInstructionPrices, renderInstructions, type Style } from '../src/index.ts';

function call(scenario: string, instructions: number, predicted: number): AssessedCall {
  return {
    sample: {
      kernel: 'arm64-7.2',
      scenario,
      step: 4,
      op: 'mprotect 0 16 r',
      family: 'f',
      events: makeEvents(),
      instructions,
      systemCalls: 1,
    },
    predicted,
    error: predicted / instructions - 1,
  };
}

const HELD: InstructionAssessment = {
  kernel: 'arm64-7.2',
  families: [
    { family: 'a', use: 'fit', calls: 120, median: 0.004, p95: 0.051 },
    { family: 'f', use: 'validation', calls: 8, median: 0.012, p95: 0.11 },
  ],
  fit: { calls: 120, median: 0.004, p95: 0.051 },
  validation: { calls: 8, median: 0.012, p95: 0.11 },
  held: true,
  worst: [0, 1, 2, 3, 4, 5].map((n) => call(`f_worst_${String(n)}`, 5000, 4450.4)),
  disturbed: [call('f_other', 9000, 4500)],
};
const OUTSIDE: InstructionAssessment = {
  ...HELD,
  kernel: 'x86-64-7.3',
  fit: { calls: 0, median: 0, p95: 0 },
  validation: { calls: 8, median: 0.04, p95: 0.2 },
  held: false,
  worst: [],
  disturbed: [],
};

describe('renderInstructions', () => {
  it('says of each kernel how far predictions are, and which calls are worst', () => {
    expect(renderInstructions([HELD])).toBe(`Recorded instructions and what the model predicts

Relative errors without sign. Bounds of the validation families: median 5.0 %,
95th percentile 15.0 %.

arm64-7.2

within the bounds

                                         95th
family  use         calls  median  percentile
a       fit           120   0.4 %       5.1 %
f       validation      8   1.2 %      11.0 %
all     fit           120   0.4 %       5.1 %
all     validation      8   1.2 %      11.0 %

Worst:

scenario   step  call             recorded  predicted    error
f_worst_0     4  mprotect 0 16 r      5000       4450  -11.0 %
f_worst_1     4  mprotect 0 16 r      5000       4450  -11.0 %
f_worst_2     4  mprotect 0 16 r      5000       4450  -11.0 %
f_worst_3     4  mprotect 0 16 r      5000       4450  -11.0 %
f_worst_4     4  mprotect 0 16 r      5000       4450  -11.0 %

Left out, as another task or an interrupt ran in the window (1):

scenario  step  call             recorded  predicted    error
f_other      4  mprotect 0 16 r      9000       4500  -50.0 %
`);
  });

  it('leaves out what there is none of', () => {
    const text = renderInstructions([HELD, OUTSIDE]);
    const second = text.slice(text.indexOf('x86-64-7.3'));
    expect(second).toContain('\nnot within the bounds\n');
    expect(second).not.toContain('Worst');
    expect(second).not.toMatch(/all +fit/);
    expect(second).toMatch(/ran in the window: none\.\n$/);
  });

  it('writes Markdown', () => {
    const text = renderInstructions([OUTSIDE], { format: 'markdown' });
    expect(text).toContain('### x86-64-7.3\n\n- not within the bounds\n\n| family | use |');
    expect(text).toContain('| all | validation | 8 | 4.0 % | 20.0 % |');
  });

  it('marks what is outside the bounds', () => {
    const tag =
      (name: string) =>
      (text: string): string =>
        `<${name}>${text}</${name}>`;
    const style: Style = {
      heading: tag('h'),
      good: tag('g'),
      bad: tag('b'),
      differs: tag('d'),
      quiet: tag('q'),
    };
    const text = renderInstructions([OUTSIDE], { style });
    expect(text).toContain('<b>not within the bounds</b>');
    expect(text).toMatch(/all +validation +8 +<g>4\.0 %<\/g> +<b>20\.0 %<\/b>/);
  });
});

describe('renderInstructionPrices', () => {
  const prices = {
    'arm64-7.2': { calls: 1668.1, swaps: 0 },
    'x86-64-7.2': { calls: 1200, swaps: 21.5, invlpg: 9 },
  };

  it('has a column for each kernel', () => {
    expect(renderInstructionPrices(prices)).toBe(`Instructions, as fitted to recorded calls

         arm64  x86-64
           7.2     7.2
calls   1668.1  1200.0
swaps      0.0    21.5
invlpg             9.0
`);
  });

  it('writes Markdown', () => {
    const text = renderInstructionPrices(prices, { format: 'markdown' });
    expect(text).toContain('|  | arm64 7.2 | x86-64 7.2 |\n| --- | ---: | ---: |\n| calls |');
  });
});
