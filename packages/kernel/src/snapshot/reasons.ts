/** Why a file can't be read, by the code of the system's error. */
export const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EISDIR: 'a directory',
  ENOENT: 'nothing there',
};
