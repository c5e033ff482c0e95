import type { MachineShow } from '../page/session.ts';

/** Short names of machines: with what sets them apart, and numbered if nothing does. */
export function machineNames(machines: readonly Pick<MachineShow, 'spec' | 'summary'>[]): string[] {
  const short = machines.map(({ spec }) => `${spec.arch} ${spec.kernel}`);
  const long = machines.map(({ summary }, i) => {
    const name = short[i] ?? '';
    return short.indexOf(name) === short.lastIndexOf(name) ? name : `${name} ${summary.strategy}`;
  });
  return long.map((name, i) =>
    long.indexOf(name) === long.lastIndexOf(name) ? name : `${name} (${i + 1})`,
  );
}
