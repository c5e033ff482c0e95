import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { readLiveScenarios } from '../live/read-live-scenarios.ts';
import { withKernel } from '../live/with-kernel.ts';
import { note, progress, writeJsonLine } from '../output.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { checkWritable, writeWhole } from '../write-whole.ts';

/** Flags of `ptelab record`. */
export interface RecordFlags extends OutputFlags {
  readonly out?: string;
}

/** `ptelab record`: records what the running kernel does, in the format of recordings. */
export async function recordVerb(files: readonly string[], flags: RecordFlags): Promise<number> {
  const { out } = flags;
  if (out === undefined) throw new CliError('bad-usage', '-o: expected a file, found nothing');
  await checkWritable('-o', out);
  const scenarios = await readLiveScenarios(files);
  const lines: string[] = [];
  await withKernel(async (kernel) => {
    lines.push(JSON.stringify(kernel.info));
    for (const { name, lines: story } of scenarios) {
      progress(`${name} (${lines.length} of ${scenarios.length})`);
      lines.push(JSON.stringify(await kernel.run(name, story)));
    }
  });
  progress('');
  const text = `${lines.join('\n')}\n`;
  await writeWhole('-o', out, out.endsWith('.gz') ? await promisify(gzip)(text) : text);
  if (flags.json) await writeJsonLine({ file: out, recordings: scenarios.length });
  else note(`${scenarios.length} recordings written to ${out}`);
  return EXIT.held;
}
