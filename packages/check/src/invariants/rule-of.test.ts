import { expect, it } from 'vitest';
import { CALL_INVARIANTS } from './all.ts';
import { ruleOf } from './rule-of.ts';

it.each(CALL_INVARIANTS)('$name has a rule and a reason', ({ name, rule, reason }) => {
  expect(ruleOf(name)).toMatchObject({ name, rule, reason });
});

it.each(['contract', 'repeat-adds-nothing', 'one-writer', 'StalePermission'])(
  '%s, which is no rule of one call, has them too',
  (name) => {
    expect(ruleOf(name).rule).toMatch(/\.$/);
    expect(ruleOf(name).reason).toMatch(/\.$/);
  },
);

it('knows no others', () => {
  expect(() => ruleOf('nothing')).toThrow(RangeError);
});
