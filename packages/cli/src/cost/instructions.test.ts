import { assessInstructionKernels, type InstructionAssessment } from '@ptelab/cost';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from './instruction-samples.ts';

const RECORDINGS = fileURLToPath(new URL('../../../../recordings/', import.meta.url));

describe('instructions of the recorded calls', () => {
  const assessments = new Map<string, InstructionAssessment>();

  beforeAll(async () => {
    const files = readdirSync(RECORDINGS).filter((name) => name.endsWith('-insn.ndjson.gz'));
    const samples = await readSamples(files.map((name) => `${RECORDINGS}${name}`));
    for (const assessment of assessInstructionKernels(samples)) {
      assessments.set(assessment.kernel, assessment);
    }
  });

  it('are within both bounds on these kernels', () => {
    const held = [...assessments.values()].filter((assessment) => assessment.held);
    expect(held.map(({ kernel }) => kernel).sort()).toEqual([
      'arm64-6.12',
      'arm64-7.2',
      'x86-64-6.12',
      'x86-64-7.2',
      'x86-64-7.3',
    ]);
  });

  it.each(['arm64-6.12', 'arm64-7.2', 'x86-64-6.12', 'x86-64-7.2', 'x86-64-7.3'])(
    '%s: half of the calls are within 2 %%',
    (kernel) => {
      expect(assessments.get(kernel)?.validation.median).toBeLessThan(0.02);
    },
  );
});
