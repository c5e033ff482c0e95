import { counted } from '../text/numbers.ts';
import type { Page } from '../text/page.ts';
import { timeText } from '../text/times.ts';
import { folioText, meanBatch, timeTexts, TIME_COLUMNS } from './labels.ts';
import type { PricedReplay } from './priced-replay.ts';

/** The time of a replay as a multiple of that of the first one on the same architecture. */
function ratioText(all: readonly PricedReplay[], of: PricedReplay): string {
  const first = all.find(({ total }) => total.machine === of.total.machine);
  const base = first?.total.total.likely ?? 0;
  return first === of || base === 0 ? '' : (of.total.total.likely / base).toFixed(2);
}

/** Every machine, kernel, strategy and folio size side by side. */
export function addMachines(page: Page, all: readonly PricedReplay[]): void {
  page.heading('All mprotect calls', 2);
  const right = { align: 'right' } as const;
  page.table({
    columns: [
      { title: '' },
      { title: 'machine' },
      { title: 'folios' },
      { title: 'entries', ...right },
      { title: 'batches', ...right },
      { title: 'mean', ...right },
      { title: 'huge', ...right },
      { title: 'flushes', ...right },
      { title: 'faults', ...right },
    ],
    rows: all.map(({ replay }, i) => {
      const { machine, total, written } = replay;
      return [
        columnName(i),
        `${machine.arch} ${machine.kernel} ${machine.strategy ?? ''}`,
        folioText(replay),
        String(total.entries),
        String(total.events.batches),
        meanBatch(total),
        String(total.events.hugePmdChanges),
        String(total.events.flushCalls),
        String(written.faults),
      ];
    }),
  });
  page.lines(
    [
      'mean: entries of a batch. huge: huge mappings changed as a whole. faults: of the pages written.',
    ],
    'quiet',
  );
  page.table({
    columns: [
      { title: '' },
      { title: 'priced as' },
      { title: 'time', ...right },
      ...TIME_COLUMNS.map(([title]) => ({ title, ...right })),
      { title: 'ratio', ...right },
    ],
    rows: all.map((priced, i) => [
      columnName(i),
      priced.total.machine,
      ...timeTexts(priced.total),
      ratioText(all, priced),
    ]),
  });
  page.lines(
    [
      'calls: entering, locks and VMAs. entries: finding and committing them. contpte: folding and',
      'unfolding, with their own flushes. flushes: all others. ratio: to the first of the same price.',
    ],
    'quiet',
  );
}

/** What a machine is called in the tables that follow. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    name = String.fromCharCode(65 + (rest % 26)) + name;
  }
  return name;
}

/** What a replay had to assume, and what it left out. The same for all machines of a log. */
export function addAssumptions(page: Page, { replay }: PricedReplay): void {
  const { calls, written, touch, unknownMemory, notModelled, total } = replay;
  page.heading('What was assumed', 2);
  const left = [
    ...(calls.failed === 0 ? [] : [`${calls.failed} failed`]),
    ...(calls.unknown === 0 ? [] : [`${calls.unknown} returned ?`]),
    ...(calls.unfinished === 0 ? [] : [`${calls.unfinished} never returned`]),
  ];
  const without = left.length === 0 ? '' : `; not carried out: ${left.join(', ')}`;
  page.lines([
    `${counted(calls.applied, 'call')} carried out in ${counted(replay.spaces, 'address space')}${without}`,
    `touch ${touch}: ${counted(written.pages, 'page')} written`,
    ...(total.loggedNs === null
      ? []
      : [`the log gives ${timeText(total.loggedNs)} for these calls, strace's own share included`]),
    ...(replay.unknownBeginnings === 0
      ? []
      : [
          `${counted(replay.unknownBeginnings, 'thread')} from before the log, taken as threads of one process`,
        ]),
    ...unknownMemory.map(
      ({ call, mappings, pages }) =>
        `memory from before the log: ${counted(mappings, 'range')} of ${counted(pages, 'page')} named by ${call}, taken as private anonymous rw`,
    ),
    ...Object.entries(notModelled).map(([what, times]) => `left out ${times} times: ${what}`),
  ]);
  const { mismatches, firstMismatches } = replay;
  if (mismatches === 0) return;
  page.lines(
    [
      `${counted(mismatches, 'call')} that the model refuses and the kernel took:`,
      ...firstMismatches.map(
        ({ line, call, expected, found }) =>
          `line ${line}: ${call}: the log has ${expected}, the model ${found}`,
      ),
    ],
    'bad',
  );
}
