import { makePte } from '@ptelab/pte';
import { changedNotPresent } from './entries.ts';
import type { Invariant } from './invariant.ts';
import { passedBy } from './per-pte-rule.ts';

const old = makePte();
const changed = makePte();

export const pagesCounted: Invariant = {
  name: 'pages-counted',
  rule: 'The walk counts each present entry that it changes, and others if they changed.',
  reason: 'NUMA statistics and userfaultfd act on the number.',
  severity: 'safety',
  check(call) {
    const { arch, before, counted, from, to } = call;
    if (counted === null) return null;
    let expected = 0;
    for (let slot = from; slot < to; slot++) {
      before.read(slot, old);
      if (arch.ptePresent(old.bits)) {
        if (!passedBy(call, slot, old)) expected++;
        continue;
      }
      changedNotPresent(call, slot, changed);
      if (changed.pfn !== old.pfn || changed.bits !== old.bits) expected++;
    }
    if (counted === expected) return null;
    return { slot: null, text: `counted ${counted} pages, expected ${expected}` };
  },
};
