import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformFiles, type Mismatch } from '../src/index.ts';

/*
 * Recorded stories, replayed with a TLB that can be stale: every flush of the model is needed where it
 * is and enough. Families: fork, accessed state and MADV_FREE, PROT_NONE and exec.
 */

const FAMILIES = ['e', 'j', 'k'];
const folder = join(import.meta.dirname, '../../../recordings');
const files = readdirSync(folder).filter((name) => /^\w+-[\d.]+\.ndjson\.gz$/.test(name));

async function replay(file: string, tlb: 'block' | 'page'): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const family of FAMILIES) {
    await conformFiles([join(folder, file)], {
      mode: 'story',
      family,
      tlb,
      onMismatch: (mismatch) => found.push(mismatch),
    });
  }
  return found;
}

describe('nothing stale is left behind', () => {
  it.each(files)('%s, one page at a time: nor does anything else change', async (file) => {
    expect(await replay(file, 'page')).toEqual([]);
  });

  it.each(files.filter((file) => file.startsWith('arm64')))('%s, whole blocks', async (file) => {
    const found = await replay(file, 'block');
    // Accessed state of the pages of a block is marked on one of them: entries may differ in that.
    expect(found.filter(({ what }) => !what.startsWith('pte '))).toEqual([]);
  });
});
