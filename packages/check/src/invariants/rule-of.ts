import { CALL_INVARIANTS } from './all.ts';
import type { Invariant } from './invariant.ts';

/** A rule and why it stands, for people. */
export type Rule = Pick<Invariant, 'name' | 'rule' | 'reason'>;

/** Rules that are not about one finished call, and so have no check of their own. */
const OTHER_RULES: readonly Rule[] = [
  {
    name: 'contract',
    rule: 'A strategy returns how many entries the walk moves on by; it neither throws nor loops.',
    reason: 'The walk holds a lock and has started entries: whoever leaves it there stops the machine.',
  },
  {
    name: 'repeat-adds-nothing',
    rule: 'The same call made twice gives no write permission that the first one did not.',
    reason: 'What a batch spreads must not be what the next batch takes as a licence.',
  },
];

/**
 * The rule that a finding names.
 *
 * @throws RangeError if there is none of that name.
 */
export function ruleOf(invariant: string): Rule {
  const found = [...CALL_INVARIANTS, ...OTHER_RULES].find(({ name }) => name === invariant);
  if (found === undefined) throw new RangeError(`no rule is called ${invariant}`);
  return found;
}
