import { CALL_INVARIANTS } from './all.ts';
import { STORY_INVARIANTS } from '../fuzz/story-invariants.ts';
import type { Invariant } from './invariant.ts';

/** A rule and why it stands, for people. */
export type Rule = Pick<Invariant, 'name' | 'rule' | 'reason'>;

/** Rules that are not about one finished call, and so have no check of their own. */
const OTHER_RULES: readonly Rule[] = [
  {
    name: 'contract',
    rule: 'A strategy returns how many entries the walk moves on by; it neither throws nor loops.',
    reason:
      'The walk holds a lock and has started entries: whoever leaves it there stops the machine.',
  },
  {
    name: 'repeat-adds-nothing',
    rule: 'The same call made twice gives no write permission that the first one did not.',
    reason: 'What a batch spreads must not be what the next batch takes as a licence.',
  },
];

/** What a TLB that a story leaves behind is judged by. */
const TLB_REASON = 'A CPU goes on using what its TLB holds, whatever the page table says.';
const TLB_RULES: readonly Rule[] = [
  { name: 'StaleMapping', rule: 'A TLB maps a page to the frame that the page table does.' },
  { name: 'StalePermission', rule: 'A TLB allows no access that the page table forbids.' },
  { name: 'LostDirty', rule: 'What a TLB takes for dirty is dirty in the page table.' },
  { name: 'ContigMisprogram', rule: 'Entries with the contiguous bit agree over their block.' },
].map((rule) => ({ ...rule, reason: TLB_REASON }));

/**
 * The rule that a finding names.
 *
 * @throws RangeError if there is none of that name.
 */
export function ruleOf(invariant: string): Rule {
  const found = [...CALL_INVARIANTS, ...STORY_INVARIANTS, ...OTHER_RULES, ...TLB_RULES].find(
    ({ name }) => name === invariant,
  );
  if (found === undefined) throw new RangeError(`no rule is called ${invariant}`);
  return found;
}
