import { describe, expect, it } from 'vitest';
import { PtelabInputError } from '../input-error.ts';
import { newFolder, put } from './proc.fixture.ts';
import { readSmaps, type SmapsVma } from './smaps.ts';

const folder = newFolder();

function read(text: string | Buffer): SmapsVma[] {
  return [...readSmaps(put(folder, 'smaps', text), 12)];
}

function complaint(text: string | Buffer): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof PtelabInputError) return error.message.slice(folder.length + 1);
    throw error;
  }
  return '';
}

const HEAD =
  '7f0000000000-7f0000002000 rw-p 00001000 fe:00 12345                      /a b (deleted)';

describe('smaps', () => {
  it('is read VMA by VMA, in pages', () => {
    const text = `${HEAD}\nSize:  8 kB\nRss:   4 kB\nAnonHugePages: 2048 kB\nVmFlags: rd wr mr \nffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n`;
    const [first, second, ...more] = read(text);
    expect(more).toEqual([]);
    expect(first?.maps).toEqual({
      start: 0x7f0000000,
      end: 0x7f0000002,
      perms: 'rw-p',
      offset: 1,
      device: 'fe:00',
      inode: 12345,
      path: '/a b (deleted)',
    });
    expect(first?.sums).toMatchObject({ rssKb: 4, anonHugeKb: 2048, swapKb: 0 });
    expect(second?.maps).toMatchObject({ start: 0xffffffffff600, path: '[vsyscall]' });
    // maps has no sums.
    expect(second?.sums).toBeNull();
  });

  it('may end without a newline, and may be empty', () => {
    expect(read(HEAD)).toHaveLength(1);
    expect(read('')).toEqual([]);
  });

  it.each([
    ['junk', 'smaps:1: expected START-END PERMS ..., found "junk"'],
    [`${HEAD}\njunk`, 'smaps:2: expected START-END PERMS ... or NAME: VALUE, found "junk"'],
    [`${HEAD}\nRss: -4 kB`, 'smaps:2: expected Rss: a number and kB, found "Rss: -4 kB"'],
    [`${HEAD}\nRss: 4 MB`, 'smaps:2: expected Rss: a number and kB, found "Rss: 4 MB"'],
    ['2000-1000 rw-p 0 00:00 0', /^smaps:1: expected a range that ends after its start, found/],
    ['1000-1800 rw-p 0 00:00 0', /^smaps:1: expected addresses of whole pages of 4096 bytes/],
    ['10000000000000000-10000000000001000 r--p 0 00:00 0', /^smaps:1: expected START-END PERMS/],
    [`${HEAD}\n${HEAD}`, /^smaps:2: expected VMAs in order that do not overlap, found/],
    ['1000-2000 rwxq 0 00:00 0', /^smaps:1: expected START-END PERMS OFFSET/],
    [
      Buffer.alloc(100_000, 0xff),
      'smaps:1: expected lines of at most 20480 bytes, found a longer one',
    ],
  ])('that is none is refused in one line: %j', (text, message) => {
    const said = complaint(text);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });

  it('of any bytes is read or refused, never anything else', () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    const lines = [
      HEAD,
      '1000-2000 r--p 00000000 00:00 0 ',
      'Rss: 4 kB',
      'VmFlags: rd',
      'Swap: 0 kB',
    ];
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: 1 + random(6) }, () => lines[random(lines.length)]);
      const bytes = Buffer.from(text.join('\n'));
      for (let i = random(4); i > 0; i--) bytes[random(bytes.length)] = random(256);
      if (complaint(bytes) !== '') refused++;
    }
    expect(refused).toBeGreaterThan(500);
    expect(refused).toBeLessThan(2000);
  });

  it('of a hundred thousand VMAs is read in pieces', () => {
    const line = (i: number): string =>
      `${(i * 8192).toString(16)}-${(i * 8192 + 4096).toString(16)} rw-p 00000000 00:00 0 \n`;
    const text = Array.from({ length: 100_000 }, (_, i) => line(i + 1)).join('');
    let count = 0;
    for (const { maps } of readSmaps(put(folder, 'many', text), 12)) count += maps.end - maps.start;
    expect(count).toBe(100_000);
  });
});
