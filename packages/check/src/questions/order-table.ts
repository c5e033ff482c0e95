import type { Strategy } from '@ptelab/mprotect';
import type { ArchName, EventCounters } from '@ptelab/pte';
import type { Scenario } from '@ptelab/scenario';
import { ANON_ORDERS, filledTable, sizeText, TABLE_PAGES } from './folios.ts';
import { eventsOf, tell } from './story.ts';

/** A page table full of folios of one order that become read-only, for each order. */
export const ORDER_STORIES: readonly (readonly [order: number, story: Scenario])[] =
  ANON_ORDERS.map((order) => [
    order,
    tell(`order-${order}`, `${TABLE_PAGES} pages of ${sizeText(order)} folios become read-only`, [
      ...filledTable(order),
      `mprotect 0 ${TABLE_PAGES} r`,
    ]),
  ]);

/** Events of two strategies for one folio order. */
interface OrderRow {
  readonly order: number;
  readonly first: EventCounters;
  readonly second: EventCounters;
}

/** Runs the stories of all orders with two strategies, each under the rules of a kernel. */
export function byOrder(
  arch: ArchName,
  first: readonly [kernel: '6.16' | '7.3', strategy: Strategy],
  second: readonly [kernel: '6.16' | '7.3', strategy: Strategy],
): OrderRow[] {
  return ORDER_STORIES.map(([order, story]) => ({
    order,
    first: eventsOf(story, { arch, kernel: first[0] }, first[1]),
    second: eventsOf(story, { arch, kernel: second[0] }, second[1]),
  }));
}
