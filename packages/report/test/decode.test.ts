import { arm64, parseRawHex, x86_64 } from '@ptelab/pte';
import { expect, it } from 'vitest';
import { renderDecode } from '../src/index.ts';

it.each([
  [arm64({ kernel: '7.3' }), '0x00f80000812d0f43'],
  [x86_64({ kernel: '7.3' }), '0x8000000012340867'],
])('explains an entry %#', async (arch, raw) => {
  const machine = `${arch.name} ${arch.kernel}`;
  const text = renderDecode({ raw, machine, fields: arch.decode(parseRawHex(raw)) });
  await expect(text).toMatchFileSnapshot(`snapshots/decode-${arch.name}.txt`);
});

it('says that an entry is empty', () => {
  const text = renderDecode({ raw: '0x0000000000000000', machine: 'arm64 7.3', fields: [] });
  expect(text).toBe('0x0000000000000000 on arm64 7.3\n\nempty: maps nothing\n');
});
