import type { TlbPolicy } from '@ptelab/pte';
import type { JSX } from 'preact';
import type { Session } from './session.ts';

const CHOICES: readonly (readonly [TlbPolicy | null, string])[] = [
  [null, 'TLB: story’s'],
  ['block', 'TLB: blocks'],
  ['page', 'TLB: pages'],
];

/** Which TLB to look at: what it still holds after a step is drawn over the entries. */
export function TlbPicker({ session }: { readonly session: Session }): JSX.Element {
  const tlb = session.tlb.value;
  return (
    <select
      aria-label="TLB"
      value={String(CHOICES.findIndex(([policy]) => policy === tlb))}
      onChange={(event) => {
        const choice = CHOICES[event.currentTarget.selectedIndex];
        if (choice !== undefined) session.change({ tlb: choice[0] });
      }}
    >
      {CHOICES.map(([, text], i) => (
        <option key={text} value={String(i)}>
          {text}
        </option>
      ))}
    </select>
  );
}
