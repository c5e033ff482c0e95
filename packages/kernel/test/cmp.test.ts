import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { LiveKernel } from '../src/live/live-kernel.ts';
import { compareRecording } from '../src/verify/compare-recording.ts';
it('cmp', { timeout: 60_000 }, async () => {
  const kernel = await LiveKernel.open();
  try {
    const text = readFileSync(process.env.FILE!, 'utf8').split(/^scenario /m).filter((t) => t.trim() !== '');
    for (const part of text) {
      const [name, ...lines] = part.trim().split('\n');
      const r = await kernel.run(name!, lines);
      const c = compareRecording(r, 'x');
      console.log(name, c.mismatches.length);
      for (const m of c.mismatches.slice(0, Number(process.env.N ?? 4))) console.log(`  ${m.op}: ${m.what}\n    ${m.expected.slice(0,200)}\n    ${m.found.slice(0,200)}`);
    }
  } finally { await kernel.close(); }
});
