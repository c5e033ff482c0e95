import type { BreakEven, Interval } from '@ptelab/cost';

/** A figure give or take one. */
export function at(likely: number): Interval {
  return { low: likely - 1, likely, high: likely + 1 };
}

/** A figure give or take a tenth of it. */
function near(likely: number): Interval {
  return { low: 0.9 * likely, likely, high: 1.1 * likely };
}

/** Answers for a machine that was made up; every kind of answer is among them. */
export const BREAK_EVEN: BreakEven = {
  machine: { id: 'zen3', title: 'Zen 3' },
  orders: {
    machine: 'zen3',
    series: [
      {
        label: 'merged',
        points: [
          { x: 0, y: at(40) },
          { x: 9, y: at(4) },
        ],
      },
    ],
    ratios: [
      {
        label: 'merged',
        points: [
          { x: 0, y: near(2) },
          { x: 2, y: near(0.95) },
          { x: 3, y: near(0.5) },
        ],
      },
    ],
    paysFrom: [{ variant: 'merged', than: 'per-pte', likely: 2, surely: null }],
  },
  singlePages: [
    {
      memory: 'shared',
      memmap: 'cold',
      costs: [
        { label: 'per-pte', ns: at(40), ratio: { low: 1, likely: 1, high: 1 } },
        { label: 'merged', ns: at(80), ratio: near(2) },
      ],
    },
  ],
  skipping: [
    {
      machine: 'zen3',
      memory: 'anon',
      shares: [
        {
          order: 3,
          savedPerSingle: at(7),
          lostPerLarge: at(18),
          share: { low: 0.2, likely: 0.28, high: 0.4 },
        },
        {
          order: 4,
          savedPerSingle: at(7),
          lostPerLarge: at(0),
          share: { low: 1, likely: 1, high: 1 },
        },
      ],
      ratios: [
        {
          order: 3,
          points: [
            { x: 0, y: near(0.8) },
            { x: 1, y: near(2) },
          ],
        },
        {
          order: 4,
          points: [
            { x: 0, y: near(0.8) },
            { x: 1, y: near(1) },
          ],
        },
      ],
    },
  ],
};
