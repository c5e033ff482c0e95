import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { LiveKernel } from '../src/live/live-kernel.ts';
import { compareRecording } from '../src/verify/compare-recording.ts';
import { storyOf } from '../src/verify/stories.ts';
import { formatOpLine } from '@ptelab/scenario';

it('try', { timeout: 600_000 }, async () => {
  const kernel = await LiveKernel.open();
  const kinds = new Map<string, { n: number; ex: string }>();
  let bad = 0;
  let lacks = new Map<string, number>();
  const totals: Record<string, number> = {};
  const note = (name: string, c: ReturnType<typeof compareRecording>) => {
    for (const [k, v] of Object.entries(c.report.counts)) totals[k] = (totals[k] ?? 0) + v;
    for (const [k, v] of c.report.lacks) lacks.set(k, (lacks.get(k) ?? 0) + 1);
    const [m] = c.mismatches;
    if (m === undefined) return;
    bad++;
    const seen = new Set<string>();
    const what = m.what.replace(/ \d.*/, '');
    const kind = kinds.get(what) ?? { n: 0, ex: '' };
    kind.n++;
    if (kind.n <= 4) kind.ex += `\n    ${name} step ${m.step} ${m.op}: ${m.what} kernel ${m.expected.slice(0,300)} model ${m.found.slice(0,300)}`;
    kinds.set(what, kind);
  };
  const t0 = Date.now();
  try {
    const mode = process.env.TRY ?? 'rec';
    if (mode === 'rec') {
      const text = gunzipSync(readFileSync('../../recordings/amd64-7.2.ndjson.gz')).toString();
      for (const line of text.split('\n')) {
        if (line === '') continue;
        const o = JSON.parse(line);
        if (o.t !== undefined) continue;
        const src: string[] = o.source.slice(1).filter((l: string) => !l.startsWith('sysw'));
        if (src.some((l) => l.startsWith('zram') || l.startsWith('ksm'))) continue;
        if (!o.scenario.startsWith(process.env.FAM ?? '')) continue;
        try { note(o.scenario, compareRecording(await kernel.run(o.scenario, src), 'live')); } catch (e) { console.log(o.scenario, String((e as Error).stack).slice(0, 400)); if (String(e).includes('Lacking')) throw e; }
      }
    } else {
      const [from, n] = mode.split(',').map(Number);
      for (let seed = from!; seed < from! + n!; seed++) {
        const lines = storyOf(seed, { ext4: kernel.info.ext4 === true }).map(formatOpLine);
        const r = await kernel.run(`s${seed}`, lines);
        if (process.env.SHOW) { const c = compareRecording(r, 'live'); const last = c.mismatches[0]?.step ?? 999; console.log(lines.slice(0, last + 1).join('\n')); console.log(c.mismatches.slice(0, 3)); }
        try { note(`s${seed}`, compareRecording(r, 'live')); } catch (e) { console.log(seed, String((e as Error).stack).slice(0, 600)); }
      }
    }
  } finally {
    await kernel.close();
  }
  console.log(Date.now() - t0, 'ms', bad, 'bad', JSON.stringify(totals), [...lacks]);
  for (const [k, v] of [...kinds].sort((a, b) => b[1].n - a[1].n)) console.log(k, v.n, v.ex);
});
