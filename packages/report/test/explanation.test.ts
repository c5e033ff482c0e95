import type { Explanation } from '@ptelab/check';
import { expect, it } from 'vitest';
import { renderExplanation } from '../src/index.ts';

const EXPLANATION: Explanation = {
  id: 'Q0',
  title: 'Is it so?',
  asked: 'Somebody asked.',
  settled: 'Nothing was.',
  answered: true,
  claim: 'It is.',
  beyond: 'Time.',
  scenarios: [],
  repeat: ['ptelab run x.yaml'],
  facts: [
    { text: 'One.', held: true },
    { text: 'Two.', held: false },
  ],
  figures: [
    {
      title: 'Counts',
      columns: ['what', 'n'],
      rows: [
        ['a', 1],
        ['b', 10],
      ],
    },
  ],
};

it('writes claim, figures and commands', () => {
  expect(renderExplanation(EXPLANATION)).toBe(`Q0: Is it so?

Somebody asked.

Settled: Nothing was.

What the model says

It is.

holds: One.

does not hold: Two.

Figures

Counts:

what   n
a      1
b     10

Beyond a model: Time.

Repeat it

  ptelab run x.yaml
`);
});

it('writes Markdown', () => {
  const text = renderExplanation(EXPLANATION, { format: 'markdown' });
  expect(text).toContain('## Q0: Is it so?\n');
  expect(text).toContain('| what | n |\n| --- | ---: |\n');
  expect(text).toContain('```sh\nptelab run x.yaml\n```\n');
});

it('says why a model has no answer', () => {
  const text = renderExplanation({ ...EXPLANATION, answered: false, beyond: 'a name' });
  expect(text).toMatch(/\n\nNot for a model: a name\.\n$/);
});
