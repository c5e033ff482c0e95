import { BackedFile, UnsupportedError, type FileSystem } from '@ptelab/mm';
import type { FileOp } from '../op/operation.ts';

/** Mount points of the machine that makes recordings: where a path lies says what file system it is on. */
const MOUNTS: readonly (readonly [string, FileSystem])[] = [
  ['/mnt/', { kind: 'ext4' }],
  ['/shm0/', { kind: 'tmpfs', huge: 'never' }],
  ['/shm1/', { kind: 'tmpfs', huge: 'always' }],
  ['/shmw/', { kind: 'tmpfs', huge: 'within_size' }],
];

/**
 * Makes the file of a story.
 *
 * @throws UnsupportedError for a path that lies below no known mount point.
 */
export function createFile({ path, pages }: FileOp): BackedFile {
  const mount = MOUNTS.find(([prefix]) => path.startsWith(prefix));
  if (mount === undefined) throw new UnsupportedError(`a file at ${path}`);
  return new BackedFile(path, mount[1], pages);
}
