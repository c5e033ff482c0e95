import type { SearchPlan, Shard } from '@ptelab/check';
import { KERNEL_RELEASES } from '@ptelab/pte';
import type { BrokenRule } from '@ptelab/report';
import { ARCH_NAMES } from '@ptelab/scenario';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { ToldExample } from './explain.ts';

const count = z.int().min(0);
const machine = z.strictObject({ arch: z.enum(ARCH_NAMES), kernel: z.enum(KERNEL_RELEASES) });
const rule = {
  invariant: z.string(),
  rule: z.string(),
  reason: z.string(),
  text: z.string(),
  machine,
  where: z.string(),
};
const trace = z.array(z.strictObject({ fn: z.string(), text: z.string() }));

/** What one shard of a search found: plain data that `--merge` joins. */
export interface ShardFile {
  readonly format: 'ptelab-check-shard';
  readonly formatVersion: 1;
  /** Version of ptelab: another one may search in another order. */
  readonly ptelab: string;
  readonly strategy: {
    /** Name or file, as it was given. */
    readonly word: string;
    readonly name: string;
    /** SHA-256 of the file; null for built-in strategies. */
    readonly digest: string | null;
  };
  readonly plan: SearchPlan;
  readonly shard: Shard;
  /** States judged in each task of the shard, up to and with the one that broke a rule. */
  readonly states: readonly number[];
  /** What broke a rule in the last of these tasks. */
  readonly counterExample: ToldExample | null;
  /** First state that broke each rule of quality, with its task, counted among all of the search. */
  readonly remarks: readonly { readonly task: number; readonly rule: BrokenRule }[];
}

const shardFile = z.strictObject({
  format: z.literal('ptelab-check-shard'),
  formatVersion: z.literal(1),
  ptelab: z.string(),
  strategy: z.strictObject({ word: z.string(), name: z.string(), digest: z.string().nullable() }),
  plan: z.strictObject({
    scope: z.enum(['tiny', 'small', 'full']),
    machines: z.array(machine).min(1),
  }),
  shard: z
    .strictObject({ index: z.int().min(1), of: z.int().min(1) })
    .refine(({ index, of }) => index <= of, 'expected index up to of'),
  states: z.array(count),
  counterExample: z
    .strictObject({
      ...rule,
      page: z.int().nullable(),
      entries: z.array(
        z.strictObject({
          page: z.int(),
          before: z.string(),
          perPte: z.string().nullable(),
          after: z.string().nullable(),
        }),
      ),
      scenario: z.string(),
      traces: z.strictObject({ perPte: trace, judged: trace }),
    })
    .nullable(),
  remarks: z.array(z.strictObject({ task: count, rule: z.strictObject(rule) })),
});

function bad(file: string, text: string): never {
  throw new CliError('bad-shard', `${file}: ${text}`);
}

/**
 * Reads what `ptelab check --shard --json` has written.
 *
 * @throws CliError if it is something else.
 */
export function parseShardFile(text: string, file: string): ShardFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const [line = ''] = String(error).split('\n');
    bad(file, `expected JSON of ptelab check --shard, found: ${line}`);
  }
  const { success, data: shard, error } = shardFile.safeParse(data);
  if (success) return shard;
  const [issue] = error.issues;
  const field = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return bad(file, `expected JSON of ptelab check --shard: ${field}${issue?.message ?? ''}`);
}
