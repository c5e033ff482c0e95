import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linesOf, type TextLine } from './text-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptelab-lines-'));

async function linesIn(name: string, content: string | Buffer, most = 100): Promise<TextLine[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const lines: TextLine[] = [];
  for await (const line of linesOf(path, most)) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  const expected = [
    { text: 'a', line: 1, ended: true },
    { text: '', line: 2, ended: true },
    { text: 'ü', line: 3, ended: false },
  ];

  it('have numbers, and the last may not have ended', async () => {
    expect(await linesIn('plain', 'a\n\nü')).toEqual(expected);
    expect(await linesIn('packed.gz', gzipSync('a\n\nü'))).toEqual(expected);
    expect(await linesIn('empty', '')).toEqual([]);
  });

  it('may be long, but not too long, wherever the file is cut into pieces', async () => {
    const most = 200_000; // more than one piece
    const long = 'x'.repeat(most);
    expect(
      (await linesIn('long', `${long}\n${long}`, most)).map(({ text }) => text.length),
    ).toEqual([most, most]);
    const refusal = /too-long:2: expected lines of at most 200000 bytes, found a longer one$/;
    await expect(linesIn('too-long', `a\n${long}y\n`, most)).rejects.toThrow(refusal);
    await expect(linesIn('endless', Buffer.alloc(2 ** 22), most)).rejects.toThrow('endless:1: ');
  });

  it('are refused if the file is damaged', async () => {
    const cut = gzipSync('a\n'.repeat(1000)).subarray(0, 20);
    await expect(linesIn('cut.gz', cut)).rejects.toThrow(/cut\.gz: can't be read: /);
    await expect(linesIn('not.gz', 'a long line that is not packed\n')).rejects.toThrow(
      "not.gz: can't be read: incorrect header check",
    );
  });
});
