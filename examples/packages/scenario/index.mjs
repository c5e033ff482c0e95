// Half of a 64 KiB folio becomes read-only, before and after batching.
import { createMachine, parseScenario, runScenario } from '@ptelab/scenario';

const scenario = parseScenario(
  `
name: half-a-folio
steps:
  - thp: { kb: 64, enabled: always }
  - mmap: { at: 0, pages: 16, prot: rw, kind: anon }
  - write: { at: 0, pages: 16 }
  - mprotect: { at: 0, pages: 8, prot: r }
    expect: { changed: 8 }
`,
  'half.yaml',
);

for (const kernel of ['6.16', '6.17']) {
  const run = runScenario(scenario, createMachine({ arch: 'arm64', kernel }));
  const { mprotect, events, expectations } = run.steps[3];
  console.log(kernel, mprotect.batches.length, events.rawReads, expectations[0].held);
}
