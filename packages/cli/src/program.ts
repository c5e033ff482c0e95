import process from 'node:process';
import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { OutputFlags } from './options/output-flags.ts';
import type { AnalyzeFlags } from './verbs/analyze.ts';
import type { CaptureFlags } from './verbs/capture.ts';
import type { CheckFlags } from './verbs/check.ts';
import type { CompareFlags } from './verbs/compare.ts';
import type { ConformFlags } from './verbs/conform.ts';
import type { CostFlags } from './verbs/cost.ts';
import type { DecodeFlags } from './verbs/decode.ts';
import type { ReplayFlags } from './verbs/replay.ts';
import type { RecordQemuFlags } from './verbs/record-qemu.ts';
import type { RecordFlags } from './verbs/record.ts';
import type { RunFlags } from './verbs/run.ts';
import type { VerifyFlags } from './verbs/verify.ts';

const EXIT_HELP = `
Exit codes: 0 all held, 1 something did not hold, 2 bad usage or input,
3 the environment lacks something, 70 a bug in ptelab.`;

/** Adds the flags that every verb takes. */
function withCommonFlags(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text', false)
    .option('--no-color', 'print no colours (so does NO_COLOR)')
    .option('--debug', 'print a stack trace with an error', false);
}

function withMachineFlags(command: Command, arch: string, kernel: string): Command {
  return command
    .option('--arch <list>', 'arm64, x86-64', arch)
    .option('--kernel <list>', '6.12, 6.16, 6.17-rc1, 6.17 ... 7.3', kernel)
    .option('--strategy <list>', "names or .ts files; default: the kernel's own");
}

function addRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run scenarios and check what they expect')
    .description('Runs scenarios and prints steps, batches, events and expectations.')
    .argument('<scenario...>', 'YAML files, or - for standard input')
    .option('--markdown', 'print tables as Markdown', false)
    .option('--tlb <policy>', 'with a TLB that can be stale: block, page')
    .addHelpText(
      'after',
      '\nExample:\n  ptelab run scenarios/basics/hole.yaml --arch arm64 --kernel 6.16,7.3',
    )
    .action(async (files: string[], flags: RunFlags) => {
      const { runVerb } = await import('./verbs/run.ts');
      process.exitCode = await runVerb(files, flags);
    });
  withCommonFlags(withMachineFlags(command, 'arm64,x86-64', '7.3'));
}

function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .summary('run scenarios on several machines side by side')
    .description(
      'Runs the same scenario on every chosen arch x kernel x strategy and marks differences.',
    )
    .argument('<scenario...>', 'YAML files, or - for standard input')
    .option('--markdown', 'print tables as Markdown', false)
    .option('--cost <list>', 'predict times on apple-m3, zen-3 ...: one for each arch')
    .option('--html <file>', 'write a report with page tables, to look at, there too')
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab compare scenarios/cover-letter/t2-64k.yaml --kernel 6.16,6.17\n' +
        '  ptelab compare scenarios/basics/hole.yaml --cost apple-m3 --html hole.html',
    )
    .action(async (files: string[], flags: CompareFlags) => {
      const { compareVerb } = await import('./verbs/compare.ts');
      process.exitCode = await compareVerb(files, flags);
    });
  withCommonFlags(withMachineFlags(command, 'arm64,x86-64', '6.16,6.17'));
}

function addCheck(program: Command): void {
  const command = program
    .command('check')
    .summary('judge a strategy on every small state')
    .description(
      'Judges strategies: every small page-table state, every rule. A strategy that breaks one is ' +
        'refuted by a scenario that shows it.',
    )
    .option('--scope <name>', 'tiny, small or full', 'small')
    .option('--fuzz <n>', 'judge by n random stories for each machine instead')
    .option('--seed <s>', 'where chance starts; default: any, printed')
    .option('--timeout <seconds>', 'what a strategy may take for one state', '5')
    .option('--workers <n>', 'worker threads; default: one for each core')
    .option('-o, --out <file>', 'write the counter-example, or the shard, there')
    .option('--shard <i/n>', 'do one part of the search; prints what --merge joins')
    .option('--shards <n>', 'the same; which part says JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID')
    .option('--merge <files...>', 'join the parts of a search into its verdict')
    .option('--mutants', 'does the check find known mistakes? judges each of them', false)
    .option('--leaf-sharing <n>', 'compare shared leaf tables with plain ones on n random stories')
    .option('--init [file]', 'write a strategy to begin with (./my-strategy.ts)')
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab check --strategy merged --arch arm64,x86-64\n' +
        '  ptelab check --init && ptelab check --strategy ./my-strategy.ts',
    )
    .action(async (flags: CheckFlags) => {
      const { checkVerb } = await import('./verbs/check.ts');
      process.exitCode = await checkVerb(flags);
    });
  withCommonFlags(withMachineFlags(command, 'arm64,x86-64', '7.3'));
}

function addConform(program: Command): void {
  const command = program
    .command('conform')
    .summary('replay recordings of real kernels and compare')
    .description(
      'Replays kernel recordings in the model; counts what was compared and what differs.',
    )
    .argument('<recording...>', 'files *.ndjson.gz')
    .option('--mode <mode>', 'step: from each recorded state; story: from the start', 'step')
    .option('--family <prefix>', 'only recordings whose name starts with this')
    .option('--all', 'list every mismatch, not only the first 20', false)
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExample:\n  ptelab conform recordings/arm64-7.2.ndjson.gz --family a_64k',
    )
    .action(async (files: string[], flags: ConformFlags) => {
      const { conformVerb } = await import('./verbs/conform.ts');
      process.exitCode = await conformVerb(files, flags);
    });
  withCommonFlags(command);
}

function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .summary("replay the memory calls of a program's strace log")
    .description(
      'Replays what a log of strace says about memory, and predicts what its mprotect calls cost: ' +
        'by call site, size, range and process, on every chosen machine.',
    )
    .argument('<log>', 'output of strace, also .gz, or - for standard input')
    .option(
      '--touch <policy>',
      'pages that the program has written: none, first, all, snapshot',
      'first',
    )
    .option('--snapshot <file>', 'what the program had written, from ptelab capture')
    .option(
      '--folio <list>',
      'orders of folios, 0 for single pages; 0,4,4+9 are three settings',
      '0',
    )
    .option('--machine <list>', 'prices of apple-m3, zen3 ...: one for each arch')
    .option('--top <n>', 'rows of each table', '10')
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab replay traces/node-json.strace.gz --arch x86-64 --folio 0,4\n' +
        '  strace -f -o app.strace -e trace=memory,process ./app\n  ptelab replay app.strace',
    )
    .action(async (log: string, flags: ReplayFlags) => {
      const { replayVerb } = await import('./verbs/replay.ts');
      process.exitCode = await replayVerb(log, flags);
    });
  withCommonFlags(withMachineFlags(command, 'arm64,x86-64', '6.16,6.17'));
}

function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .summary('compare the kernel of this machine with the model')
    .description(
      'Carries scenarios and made-up stories out on the running kernel and in the model, and ' +
        'compares. Needs Linux, root and a C compiler. Settings of large folios are changed while ' +
        'it runs, and put back.',
    )
    .option('--scenario <file...>', 'text as in recordings, or YAML; or - for standard input')
    .option('--stories <n>', 'stories to make up; default: 200, none with --scenario')
    .option('--fuzz <seconds>', 'make stories up for so long instead')
    .option('--seed <s>', 'where chance starts; default: any, printed')
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText('after', '\nExample:\n  ptelab verify --stories 1000 --seed 1')
    .action(async (flags: VerifyFlags) => {
      const { verifyVerb } = await import('./verbs/verify.ts');
      process.exitCode = await verifyVerb(flags);
    });
  withCommonFlags(command);
}

/** Collects the values of a flag that may be given several times. */
function eachTime(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function addRecord(program: Command): void {
  const command = program
    .command('record')
    .summary('record what a kernel does: that of this machine, or one in emulation')
    .description(
      'Carries scenarios out on the running kernel and writes recordings, which conform reads. Needs ' +
        'Linux, root and a C compiler. With --qemu it boots a kernel of Debian, emulated in software, and ' +
        'records raw page-table entries too; that needs no root.',
    )
    .argument('<scenario...>', 'text as in recordings, or YAML; or - for standard input')
    .option('-o, --out <file>', 'write there; compressed if it ends in .gz')
    .option(
      '--qemu',
      'boot a kernel of Debian in emulation; takes recordings as scenarios, too',
      false,
    )
    .option('--arch <arch>', 'of the guest: arm64 or x86-64; default: arm64')
    .option('--kernel-deb <file>', 'its kernel: the packages, one by one', eachTime)
    .option('--debian-suite <suite>', 'or the suite to download it from: trixie, sid ...')
    .option('--kernel-package <name>', 'of that suite; default: its newest')
    .option('--cpu <model>', 'CPU model of qemu; default: neoverse-n1 or max,la57=off')
    .option('--family <prefix>', 'only scenarios whose name starts with this')
    .option('--timeout <seconds>', 'longest that the guest may run; default: 3600')
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab record scenarios/cover-letter/t2-64k.yaml -o t2.ndjson.gz\n' +
        '  ptelab record --qemu --debian-suite sid FILE -o sid.ndjson.gz',
    )
    .action(async (files: string[], flags: RecordFlags & RecordQemuFlags) => {
      const { recordVerb } = await import('./verbs/record.ts');
      const { recordQemuVerb, refuseGuestFlags } = await import('./verbs/record-qemu.ts');
      if (!flags.qemu) refuseGuestFlags(flags);
      process.exitCode = await (flags.qemu ? recordQemuVerb : recordVerb)(files, flags);
    });
  withCommonFlags(command);
}

function addCost(program: Command): void {
  const command = program
    .command('cost')
    .summary('what a protection change costs, and how well that is known')
    .description(
      'Machines with prices for what an mprotect call does; each price with its range and source. ' +
        'Compares them with published figures, and says from where on batching pays.',
    )
    .option('--machine <list>', 'prices of these machines only')
    .option('--validate', 'published figures beside predictions', false)
    .option('--break-even', 'from which folio order, and up to which mix, what pays', false)
    .option('--svg <folder>', 'draw the answers of --break-even there')
    .option('--instructions <recording...>', 'recorded instructions beside predictions')
    .option('--fit-instructions <recording...>', 'the prices that recordings give')
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab cost --machine zen3\n  ptelab cost --validate\n' +
        '  ptelab cost --break-even --machine apple-m3,alder-lake',
    )
    .action(async (flags: CostFlags) => {
      const { costVerb } = await import('./verbs/cost.ts');
      process.exitCode = await costVerb(flags);
    });
  withCommonFlags(command);
}

function addDecode(program: Command): void {
  const command = program
    .command('decode')
    .summary('explain raw page-table entries bit by bit')
    .description('Explains raw page-table entries, or builds one with --encode.')
    .argument('[hex...]', 'raw entries, or - for standard input')
    .option('--arch <arch>', 'arm64 or x86-64', 'arm64')
    .option('--kernel <release>', '6.12, 6.16, 6.17-rc1, 6.17 ... 7.3', '7.3')
    .option(
      '--encode <words>',
      'pfn=N,prot=LETTERS and any of write, dirty, young, soft-dirty, uffd-wp, special, cont',
    )
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab decode 0x00f80000812d0f43 --arch arm64\n' +
        '  ptelab decode --arch x86-64 --encode pfn=0x12340,prot=rw,write,dirty,young',
    )
    .action(async (words: string[], flags: DecodeFlags) => {
      const { decodeVerb } = await import('./verbs/decode.ts');
      process.exitCode = await decodeVerb(words, flags);
    });
  withCommonFlags(command);
}

function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .summary('answer the design questions of the review by runs')
    .description(
      'Answers design questions of the mprotect batching series: a claim, a run that anyone can ' +
        'repeat, and figures computed now. Without a question: lists them.',
    )
    .argument('[question...]', 'Q1 to Q25, or all')
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText('after', '\nExample:\n  ptelab explain Q4')
    .action(async (words: string[], flags: OutputFlags) => {
      const { explainVerb } = await import('./verbs/explain.ts');
      process.exitCode = await explainVerb(words, flags);
    });
  withCommonFlags(command);
}

function addCapture(program: Command): void {
  const command = program
    .command('capture')
    .summary('write what the kernel shows of processes to a snapshot')
    .description(
      'Reads VMAs and pages of processes from /proc and writes them to a Parquet file. Frame ' +
        'numbers, paths and the host name are replaced.',
    )
    .requiredOption('--pid <pid...>', 'processes, by id')
    .requiredOption('-o, --output <file>', 'snapshot to write')
    .option('--no-anonymise', 'keep frame numbers, paths and the host name')
    .addHelpText('after', '\nExample:\n  ptelab capture --pid 4711 -o server.parquet')
    .action(async (flags: CaptureFlags) => {
      const { captureVerb } = await import('./verbs/capture.ts');
      process.exitCode = await captureVerb(flags);
    });
  withCommonFlags(command);
}

function addAnalyze(program: Command): void {
  const command = program
    .command('analyze')
    .summary('folios, batches and mprotect cost of real processes')
    .description(
      'Folio sizes, contiguous blocks and batches of the processes in a snapshot, what an mprotect ' +
        'of each VMA costs, and what other folio sizes would change.',
    )
    .argument('[snapshot]', 'Parquet file of ptelab capture')
    .option('--pid <pid...>', 'processes that run now, instead of a snapshot')
    .option('--cont <list>', 'sizes of contiguous blocks to look for', '64K')
    .option('--cost <list>', 'price as zen4 ...: one for each arch (apple-m3,zen3)')
    .option('--vmas <n>', 'VMAs to list, those with most pages first', '12')
    .option('--thpmaps', 'print the figures of thpmaps for every VMA instead', false)
    .option('--markdown', 'print tables as Markdown', false)
    .addHelpText(
      'after',
      '\nExamples:\n  ptelab analyze server.parquet --kernel 6.12,7.1\n' +
        '  ptelab analyze --pid 4711 --thpmaps --cont 64K,2M',
    )
    .action(async (file: string | undefined, flags: AnalyzeFlags) => {
      const { analyzeVerb } = await import('./verbs/analyze.ts');
      process.exitCode = await analyzeVerb(file, flags);
    });
  withCommonFlags(withMachineFlags(command, 'arm64,x86-64', '6.16,6.17,7.1'));
}

/** Makes the command line. Verbs load what they need when they are called. */
export function makeProgram(): Command {
  const program = new Command('ptelab');
  program
    .description('What Linux mprotect() does to page tables, exactly.')
    .version(manifest.version, '-V, --version')
    .helpCommand('help [verb]', 'help for a verb')
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    // Errors are said in one line by whoever runs the program.
    .configureOutput({ outputError: () => undefined });
  addAnalyze(program);
  addCapture(program);
  addRun(program);
  addCompare(program);
  addCheck(program);
  addConform(program);
  addReplay(program);
  addVerify(program);
  addRecord(program);
  addCost(program);
  addDecode(program);
  addExplain(program);
  return program;
}
