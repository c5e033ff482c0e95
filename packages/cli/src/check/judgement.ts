import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SCOPES, type CheckMachine, type SearchPlan } from '@ptelab/check';
import { kernelStrategy } from '@ptelab/mprotect';
import { KERNEL_RELEASES } from '@ptelab/pte';
import { ARCH_NAMES } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';
import { choiceList } from '../options/choices.ts';
import { isStrategyFile } from '../options/load-strategy.ts';
import type { MachineFlags } from '../options/machines.ts';
import type { StrategyFacts } from './jobs.ts';
import type { WatchedPool } from './watched-pool.ts';

/** A strategy and the machines that it is judged on. */
export interface Judgement {
  /** Name or file. */
  readonly strategy: string;
  readonly machines: readonly CheckMachine[];
}

/**
 * What the command line asks to judge: each strategy on all machines, or without `--strategy` each
 * kernel's own on the machines with that kernel.
 *
 * @throws CliError for a word that is no choice.
 */
export function judgements(flags: MachineFlags): Judgement[] {
  const archs = choiceList('--arch', flags.arch, ARCH_NAMES);
  const kernels = choiceList('--kernel', flags.kernel, KERNEL_RELEASES);
  const machines = archs.flatMap((arch) => kernels.map((kernel) => ({ arch, kernel })));
  if (flags.strategy !== undefined) {
    const words = [...new Set(flags.strategy.split(',').map((word) => word.trim()))];
    for (const word of words) isStrategyFile(word);
    return words.map((strategy) => ({ strategy, machines }));
  }
  const own = new Map<string, CheckMachine[]>();
  for (const machine of machines) {
    const { name } = kernelStrategy(machine.kernel);
    own.set(name, [...(own.get(name) ?? []), machine]);
  }
  return [...own].map(([strategy, its]) => ({ strategy, machines: its }));
}

/** What tells a strategy's file from others of the same name; null for built-in ones. */
export async function digestOf(strategy: string): Promise<string | null> {
  if (!isStrategyFile(strategy)) return null;
  return createHash('sha256')
    .update(await readFile(strategy))
    .digest('hex');
}

/**
 * Loads a strategy in a worker, so that one that hangs or fails is noticed before the work begins.
 *
 * @throws CliError if it can't be loaded.
 */
export async function strategyFacts(pool: WatchedPool, strategy: string): Promise<StrategyFacts> {
  const outcome = await pool.run('load', { strategy });
  if (outcome.kind === 'done') return outcome.result;
  const what = outcome.kind === 'stuck' ? 'it does not come to an end' : outcome.reason;
  throw new CliError('bad-strategy', `${strategy}: expected a module that loads: ${what}`);
}

/** What a search varies, in words. */
export function scopeText(plan: SearchPlan): string[] {
  const { stages } = SCOPES[plan.scope];
  return [
    `scope ${plan.scope}`,
    ...stages.map(
      ({ slots, summary }) => `${slots} ${slots === 1 ? 'entry' : 'entries'}: ${summary}`,
    ),
    'each with every setting (mapping, protections, calls, tracking) and folio layout of the scope',
  ];
}
