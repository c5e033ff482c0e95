import type { Environment } from '../result/environment.ts';

const WORDS = new Map([
  [true, ' (virtual machine)'],
  [false, ''],
]);

/** The machine and what else it did, in a few sentences. */
export function environmentText(environment: Environment): string {
  const { cpu, cores, memoryMib, system, node, governor, thp } = environment;
  const virtual = environment.virtual === null ? '' : (WORDS.get(environment.virtual) ?? '');
  const settings = Object.entries(thp).map(([file, value]) => `${file} ${value}`);
  return [
    `${cpu}${virtual}, ${cores} CPUs, ${(memoryMib / 1024).toFixed(1)} GiB, ${system}, Node ${node}.`,
    `Load ${environment.loadBefore.toFixed(2)} before the run, ${environment.loadAfter.toFixed(2)} after it.`,
    governor === null ? 'No frequency governor to see.' : `Governor ${governor}.`,
    settings.length === 0 ? 'No transparent huge pages.' : `Huge pages: ${settings.join(', ')}.`,
  ].join(' ');
}
