// Every package, from TypeScript: a story that runs on two kernels, judged, priced and written down.
import { CALL_INVARIANTS, fuzzStrategy, type CheckMachine } from '@ptelab/check';
import { costOfRun, findCostMachine, type StepCost } from '@ptelab/cost';
import { Memmap, PAGE_KIND } from '@ptelab/folio';
import { INPUTS, type InputName } from '@ptelab/kernel';
import { straceLog, type StraceLog } from '@ptelab/kernel/formats';
import { accessPage, AddressSpace, createSystem, mmapFixed } from '@ptelab/mm';
import { defineStrategy, merged, mprotect, type MprotectResult } from '@ptelab/mprotect';
import { arm64, VM_READ, VM_WRITE, type KernelRelease } from '@ptelab/pte';
import { renderCompare } from '@ptelab/report';
import { createMachine, runScenario, scenarioFromOpLines, type Run } from '@ptelab/scenario';

const steps = ['thp 64 always', 'mmap 0 16 rw anon', 'w 0 16', 'mprotect 0 16 r'];
const story = scenarioFromOpLines('block', steps);
const kernels: readonly KernelRelease[] = ['6.16', '6.17'];
const runs: Run[] = kernels.map((kernel) =>
  runScenario(story, createMachine({ arch: 'arm64', kernel })),
);
console.log(renderCompare(runs).split('\n').slice(0, 9).join('\n'));

const m3 = findCostMachine('apple-m3');
if (m3 === undefined) throw new Error('no machine apple-m3');
for (const run of runs) {
  const costs: readonly StepCost[] = costOfRun(run, m3);
  for (const { op, cost } of costs) console.log(op, Math.round(cost.total.likely), 'ns');
}

const system = createSystem(arm64({ kernel: '7.3' }));
const mm = new AddressSpace(system);
mmapFixed(mm, { start: 0x1000, nr: 4, prot: VM_READ | VM_WRITE, shared: false, file: null });
accessPage(mm, 0x1000, 'write');
const own = defineStrategy({ ...merged, name: 'own' });
const range = { start: 0x1000000, length: 0x4000 };
const result: MprotectResult = mprotect(mm, { ...range, prot: VM_READ, strategy: own });
console.log(result.error, result.pages, 'page changed');

const machine: CheckMachine = { arch: 'x86-64', kernel: '7.3' };
const { counterExample } = fuzzStrategy(own, machine, { runs: 20, seed: 1 });
console.log(CALL_INVARIANTS.length, 'rules, broken:', counterExample?.broken ?? 'none');

const mem = new Memmap();
mem.initFolio(0x100, 2, PAGE_KIND.ANON);
const log: StraceLog = straceLog('app', ['1 mprotect(0x1000, 4096, PROT_READ) = 0']);
const input: InputName = 'switched-out';
console.log(mem.folioMapcount(0x100), log.events.length, input, 'is', INPUTS[input]);
