import { KERNEL_RELEASES, type KernelRelease } from './features.ts';

/** 6.17-rc1 as a number that sorts before 6.17: major, minor, candidate. */
function numbersOf(release: string): readonly [number, number, number] | null {
  const found = /^(\d+)\.(\d+)(?:\.\d+)?(?:-rc(\d+))?/.exec(release);
  if (found === null) return null;
  const [, major, minor, candidate] = found;
  return [Number(major), Number(minor), candidate === undefined ? Infinity : Number(candidate)];
}

function isAtMost(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((part, n) => part !== b[n]);
  return i === -1 || (a[i] ?? 0) < (b[i] ?? 0);
}

/**
 * The newest release in the model that is not newer than the running kernel; the oldest if all are.
 *
 * @param release - as `uname -r` prints it.
 */
export function nearestRelease(release: string): KernelRelease {
  const running = numbersOf(release) ?? [0, 0, 0];
  const older = KERNEL_RELEASES.filter((known) => isAtMost(numbersOf(known) ?? [0, 0, 0], running));
  return older.at(-1) ?? '6.12';
}
