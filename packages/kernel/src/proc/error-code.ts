/** The name of a system error (`EACCES`), or an empty string for any other. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : '';
}

/** True if the kernel refuses to show something to this user. */
export function isRefused(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errorCode(error));
}

/** True if a process, or a file of it, is not there, or no longer. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes(errorCode(error));
}
