import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createMachine, type MachineSpec } from '@ptelab/scenario';
import { buildLayout, LAYOUTS } from './layout.ts';
import { entryTouches, measureCycles, type CycleMeasurement } from './measure.ts';

const MACHINES: readonly MachineSpec[] = [
  { arch: 'arm64', kernel: '6.16' },
  { arch: 'arm64', kernel: '6.17' },
  { arch: 'x86-64', kernel: '6.16' },
  { arch: 'x86-64', kernel: '6.17' },
];

const PAGES_PER_MIB = 256;

/** One line of the result. */
interface Row extends CycleMeasurement {
  readonly layout: string;
  readonly arch: string;
  readonly kernel: string;
  readonly strategy: string;
}

function fixed(value: number): string {
  return value.toFixed(1).padStart(8);
}

function print(row: Row): void {
  const { readOnly: ro, readWrite: rw } = row;
  const machine = `${row.arch} ${row.kernel} ${row.strategy}`.padEnd(22);
  const touches = (entryTouches(ro.events) / 1e6).toFixed(2).padStart(8);
  console.log(
    `${row.layout}  ${machine}${fixed(ro.nsPerPte)}${fixed(ro.bestNsPerPte)}${fixed(rw.nsPerPte)}${fixed(rw.bestNsPerPte)}${touches} M`,
  );
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`bench: --${name}: expected a whole number from 1, found ${JSON.stringify(text)}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    cycles: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
  },
});
const mib = positive(values.mib, 'mib');
const cycles = positive(values.cycles, 'cycles');
const pages = mib * PAGES_PER_MIB;

const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} CPUs, load ${(loadavg()[0] ?? 0).toFixed(2)}, Node ${process.version}`;
if (!values.json) {
  console.log(`Model speed on the cover letter's layouts, ${mib} MiB, counting on. ${machine}`);
  console.log(`Nanoseconds per entry, median of ${cycles} (best beside it):\n`);
  console.log(
    'case machine                  to RO    best   to RW    best   entry touches per RO call',
  );
}
const rows: Row[] = [];
for (const layout of LAYOUTS) {
  for (const spec of MACHINES) {
    const ready = createMachine(spec);
    const story = buildLayout(ready, layout, pages);
    const row: Row = {
      layout: layout.name,
      arch: spec.arch,
      kernel: spec.kernel,
      strategy: ready.strategy.name,
      ...measureCycles(story, pages, cycles),
    };
    rows.push(row);
    if (!values.json) print(row);
  }
}
if (values.json)
  console.log(JSON.stringify({ formatVersion: 1, machine, mib, cycles, rows }, null, 2));
