import type { Look } from '../model/look.ts';
import type { Exhibit } from './exhibit.ts';

/** What to show of an exhibit: all but the colours and prices, which stay as they are. */
export function lookAt({ text, machines, step, focus }: Exhibit): Omit<Look, 'theme' | 'prices'> {
  return {
    text,
    machines,
    lead: machines.length - 1,
    step,
    position: null,
    focus,
    camera: null,
    tlb: null,
  };
}
