import { asyncBufferFromFile, type AsyncBuffer } from 'hyparquet';
import { PtelabInputError } from '../input-error.ts';
import { errorCode } from '../proc/error-code.ts';
import { REASONS } from './reasons.ts';
import { snapshotOf, type SnapshotFile } from './snapshot-file.ts';

async function openFile(path: string): Promise<AsyncBuffer> {
  try {
    return await asyncBufferFromFile(path);
  } catch (error) {
    const code = errorCode(error);
    const found = REASONS[code] ?? code;
    throw new PtelabInputError('no-file', path, 0, `expected a snapshot, found ${found}`);
  }
}

/**
 * Opens a snapshot.
 *
 * @throws PtelabInputError if it is none; while records are read, too.
 */
export async function openSnapshot(path: string): Promise<SnapshotFile> {
  return snapshotOf(path, await openFile(path));
}
