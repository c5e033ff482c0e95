import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { ruleOf, type BrokenPlace, type Search, type TraceLine } from '@ptelab/check';
import type { BrokenRule, CheckedEntry, CounterExample } from '@ptelab/report';
import type { StoryMessage } from './jobs.ts';
import type { WatchedPool } from './watched-pool.ts';

/** A counter-example but for the command line that repeats it, which depends on where it is written. */
export type ToldExample = Omit<CounterExample, 'command'>;

/** Tells which rule a state breaks, and where. */
export function brokenRule(search: Search, broken: BrokenPlace): BrokenRule {
  const { invariant, text } = broken.finding;
  const { rule, reason } = ruleOf(invariant);
  const machine = search.machineOf(broken);
  return { invariant, rule, reason, text, machine, where: search.describe(broken) };
}

function checkedEntries(
  { before, after }: BrokenPlace,
  { firstPage, perPteAfter }: StoryMessage,
  isTold: boolean,
): CheckedEntry[] {
  return before.map((raw, slot) => ({
    page: firstPage + slot,
    before: raw,
    perPte: isTold ? (perPteAfter[slot] ?? null) : null,
    after: after?.[slot] ?? null,
  }));
}

function lastLine(text: string): TraceLine {
  return { fn: text, text: '' };
}

/** Tells a broken state in full: as a story, with the traces of per-pte and of the judged strategy. */
export async function explainBroken(
  pool: WatchedPool,
  search: Search,
  strategy: string,
  broken: BrokenPlace,
): Promise<ToldExample> {
  const { port1, port2 } = new MessageChannel();
  const job = { strategy, plan: search.plan, broken, port: port2 };
  const outcome = await pool.run('explain', job, [port2]);
  const messages: unknown[] = [];
  // Read only now: all that the worker has sent stands in the queue, even if it was ended.
  for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) {
    messages.push(next.message);
  }
  port1.close();
  const [story, ...lines] = messages as [StoryMessage, ...TraceLine[]];
  if (outcome.kind === 'stuck') lines.push(lastLine('does not return'));
  if (outcome.kind === 'died') lines.push(lastLine('ends its thread'));
  const { slot } = broken.finding;
  return {
    ...brokenRule(search, broken),
    page: slot === null ? null : story.firstPage + slot,
    entries: checkedEntries(broken, story, !search.hasRace(broken)),
    scenario: story.scenario,
    traces: { perPte: story.perPte, judged: lines },
  };
}
