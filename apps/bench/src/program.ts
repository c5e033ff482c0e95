import process from 'node:process';
import { Command } from 'commander';
import { EXIT } from './bench-error.ts';
import { parseSettings, type Flags } from './options.ts';
import { checkPlaces, writeResult } from './output.ts';
import type { Against } from './render/render.ts';
import { compareResults } from './result/baseline.ts';
import { readResult } from './result/read-result.ts';
import type { BenchResult } from './result/result.ts';
import { runSuites } from './run-suites.ts';

const HELP = `
Suites:
  paper    the cover letter's T1 to T3, predicted before and after batching, next to published
  kernel   T1 to T3 on the running kernel beside the model, turn by turn (Linux, cc; root for T2)
  speed    nanoseconds per PTE over folio order, strategy and what is counted; memory per page
  growth   set-up, cycles and memory of address spaces from 1 MiB to 1 TiB
  page     the demo in Chromium: first paint, frames per second at 262,144 entries

Times are medians, with the interval of the median at 95 %. A busy machine is no reason to fail, but
look at the load that is printed with the result.

Exit codes: 0 measured, 2 bad usage or input, 3 this machine lacks what a named suite needs, 70 a bug.

Examples:
  pnpm run bench
  pnpm run bench --suite kernel --cycles 25
  pnpm run bench --suite speed --json before.json
  pnpm run bench --suite speed --baseline before.json`;

async function bench(flags: Flags): Promise<void> {
  const settings = parseSettings(flags);
  checkPlaces(flags);
  const { baseline } = flags;
  const before = baseline === undefined ? null : readResult(baseline);
  const result: BenchResult = await runSuites(settings);
  const against: Against | null =
    before === null || baseline === undefined
      ? null
      : { comparison: compareResults(before, result), source: baseline };
  writeResult(result, against, flags);
  if (settings.asked && result.leftOut.length > 0) {
    const [first] = result.leftOut;
    process.stderr.write(`bench: ${first?.what ?? ''}: ${first?.reason ?? ''}\n`);
    process.exitCode = EXIT.environment;
  }
}

/** Makes the command line. */
export function makeProgram(): Command {
  return (
    new Command('bench')
      .description('How fast the model is, beside the kernel that it models, and what it predicts.')
      .option('--suite <names>', 'suites to run, with commas (default: all)')
      .option('--mib <n>', 'memory of a layout (default: kernel 1024, or less if short; speed 32)')
      .option('--cycles <n>', 'measured cycles of one RO and one RW call', '9')
      .option('--limit-mib <n>', 'growth: memory that one size may take', '1024')
      .option('--limit-seconds <n>', 'growth: time that one size may take', '10')
      .option('--json <file>', 'write the result as JSON; - for standard output')
      .option('--markdown <file>', 'write the result as Markdown; - for standard output')
      .option('--svg <folder>', 'draw the suites into this folder')
      .option('--baseline <file>', 'compare with an earlier result that --json wrote')
      .addHelpText('after', HELP)
      .allowExcessArguments(false)
      .exitOverride()
      // Errors are said in one line by whoever runs the program.
      .configureOutput({ outputError: () => undefined })
      .action((flags: Flags) => bench(flags))
  );
}
