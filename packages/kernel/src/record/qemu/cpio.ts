/** A file or, without content, a folder of an archive. */
export interface ArchiveEntry {
  /** Path without leading slash. Folders come before what they hold. */
  readonly path: string;
  readonly content?: Uint8Array;
  /** @defaultValue true, for files */
  readonly executable?: boolean;
}

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const FOLDER = 0o040755;
const EXECUTABLE = 0o100755;
const PLAIN = 0o100644;
const HEADER_FIELD_DIGITS = 8;

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function modeOf({ content, executable = true }: ArchiveEntry): number {
  if (content === undefined) return FOLDER;
  return executable ? EXECUTABLE : PLAIN;
}

function record(entry: ArchiveEntry, inode: number, mode: number): Buffer {
  const name = Buffer.from(`${entry.path}\0`, 'utf8');
  const content = entry.content ?? new Uint8Array();
  // ino, mode, uid, gid, nlink, mtime, filesize, two devices of two numbers, namesize, check
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header =
    MAGIC + fields.map((f) => f.toString(16).padStart(HEADER_FIELD_DIGITS, '0')).join('');
  const head = padded(header.length + name.length);
  const bytes = Buffer.alloc(head + padded(content.length));
  bytes.write(header, 'ascii');
  name.copy(bytes, header.length);
  bytes.set(content, head);
  return bytes;
}

/** Packs files as Linux takes them for its first file system: cpio, format "newc". All belong to root. */
export function cpioArchive(entries: readonly ArchiveEntry[]): Buffer {
  const records = entries.map((entry, i) => record(entry, i + 1, modeOf(entry)));
  return Buffer.concat([...records, record({ path: TRAILER }, 0, 0)]);
}
