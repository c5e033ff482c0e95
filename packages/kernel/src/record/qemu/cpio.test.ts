import { expect, it } from 'vitest';
import { cpioArchive } from './cpio.ts';

/** Reads an archive back, as the kernel's init/initramfs.c does. */
function unpack(archive: Buffer): { name: string; mode: string; content: string }[] {
  const found = [];
  let at = 0;
  for (;;) {
    const field = (i: number): number => {
      const from = at + 6 + 8 * i;
      return parseInt(archive.toString('ascii', from, from + 8), 16);
    };
    expect(archive.toString('ascii', at, at + 6)).toBe('070701');
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    expect(archive[at + 110 + nameSize - 1]).toBe(0);
    const from = Math.ceil((at + 110 + nameSize) / 4) * 4;
    at = Math.ceil((from + size) / 4) * 4;
    if (name === 'TRAILER!!!') break;
    found.push({
      name,
      mode: mode.toString(8),
      content: archive.toString('utf8', from, from + size),
    });
  }
  expect(at).toBe(archive.length);
  return found;
}

it('packs folders, programs and texts', () => {
  const archive = cpioArchive([
    { path: 'dev' },
    { path: 'init', content: Buffer.from('abcde') },
    { path: 'list', content: Buffer.from(''), executable: false },
  ]);
  expect(unpack(archive)).toEqual([
    { name: 'dev', mode: '40755', content: '' },
    { name: 'init', mode: '100755', content: 'abcde' },
    { name: 'list', mode: '100644', content: '' },
  ]);
});

it('pads names and contents of every length', () => {
  const entries = Array.from({ length: 9 }, (_, n) => ({
    path: 'f'.repeat(n + 1),
    content: Buffer.from('x'.repeat(n)),
  }));
  expect(unpack(cpioArchive(entries)).map(({ content }) => content.length)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ]);
});
