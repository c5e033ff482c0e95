import { performance } from 'node:perf_hooks';
import process from 'node:process';

/** A clock, in nanoseconds. */
export type Clock = () => number;

/** What a person waits for. */
export const wallNs: Clock = () => performance.now() * 1e6;

/** CPU time of this process, all threads: what other programs do at the same time hardly counts. */
export const cpuNs: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
};
