// A comparison in a page: nothing in here needs Node, or a server that does more than send files.
import { explain, QUESTIONS } from '@ptelab/check';
import { costOfRun, findCostMachine } from '@ptelab/cost';
import { straceLog } from '@ptelab/kernel/formats';
import { renderCompare } from '@ptelab/report';
import { createMachine, runScenario, scenarioFromOpLines } from '@ptelab/scenario';

const steps = ['thp 64 always', 'mmap 0 16 rw anon', 'w 0 16', 'mprotect 0 16 r'];
const story = scenarioFromOpLines('block', steps);
const runs = ['6.16', '6.17'].map((kernel) =>
  runScenario(story, createMachine({ arch: 'arm64', kernel })),
);
const costs = runs.map((run) => costOfRun(run, findCostMachine('apple-m3')));
const { facts } = explain(QUESTIONS.find(({ id }) => id === 'Q1'));
const log = straceLog('app.strace', ['1 mprotect(0x1000, 4096, PROT_READ) = 0']);
document.querySelector('pre').textContent = [
  renderCompare(runs).split('\n').slice(0, 9).join('\n'),
  costs.map(([{ cost }]) => `${Math.round(cost.total.likely)} ns`).join(', '),
  `${facts.filter(({ held }) => held).length} of ${facts.length} facts hold`,
  `${log.events.length} call in the log`,
].join('\n');
