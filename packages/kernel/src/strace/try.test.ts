import { it } from 'vitest';
import { readStraceLog } from './read-log.ts';
it('x', async () => {
  for (const n of ['java-hashmap','node-json','python-startup','rustc']) {
    const t=Date.now();
    const log = await readStraceLog(`../../traces/${n}.strace.gz`);
    console.log(n, Date.now()-t, JSON.stringify(log.lines), JSON.stringify([...log.calls]), log.events.length, log.unparsable, log.unfinished);
  }
});
