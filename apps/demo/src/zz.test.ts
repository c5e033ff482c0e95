import { it } from 'vitest';
import { CASES } from './cases.ts';
import { runCase } from './model.ts';
it('x', () => {
  for (const c of CASES) for (const spec of [{arch:'arm64',kernel:'6.12'},{arch:'arm64',kernel:'6.16'},{arch:'arm64',kernel:'6.17'},{arch:'arm64',kernel:'7.3'},{arch:'x86-64',kernel:'6.17'}] as const) {
    const v = runCase(c, spec);
    console.log('=====', c.name, spec.arch, spec.kernel, v.strategy, v.unsupported);
    v.steps.forEach((s, i) => {
      const e = Object.entries(s.events).filter(([,n]) => n).map(([k,n]) => `${k}:${n}`).join(' ');
      console.log(i+1, JSON.stringify(c.operations[i]), e);
      if (s.mprotect) console.log('   ', s.mprotect.error, s.mprotect.changed, s.mprotect.batches.map(b=>`${b.at}+${b.nr}(${b.commits})`).join(' '), 'FL', s.mprotect.flushes.map(f=>`${f.at}+${f.pages}/${f.stride}`).join(' '));
      console.log('   ', s.cells.map(x => x.folio === null ? '.' : String.fromCharCode(65+x.folio) + (x.protNone?'N':x.write?'W':'-') + (x.dirty?'D':'-')+(x.exclusive?'E':'-')+(x.cont==='valid'?'c':x.cont==='invalid'?'i':' ')).join('|'));
    });
  }
});
