import type { VmFile } from '../vma/vma.ts';

/** File systems, as far as their choice of folio sizes and their hooks differ. */
export type FileSystem =
  | { readonly kind: 'tmpfs'; readonly huge: 'always' | 'never' | 'within_size' }
  | { readonly kind: 'shared-anonymous' }
  | { readonly kind: 'ext4' };

/** A file with a page cache: what file mappings show. */
export class BackedFile implements VmFile {
  readonly name: string;
  readonly fs: FileSystem;
  /** Length in pages (i_size). */
  readonly pages: number;
  /** Frames of the cached pages, by page offset. */
  readonly cache: Map<number, number> = new Map<number, number>();

  constructor(name: string, fs: FileSystem, pages: number) {
    this.name = name;
    this.fs = fs;
    this.pages = pages;
  }

  /** ext4 reserves space and starts a transaction before a page becomes writable; tmpfs has no need. */
  get pageMkwrite(): boolean {
    return this.fs.kind === 'ext4';
  }

  get canWriteback(): boolean {
    return this.fs.kind === 'ext4';
  }
}
