import { describe, expect, it } from 'vitest';
import { EXHIBITS } from '../gallery/exhibits.ts';
import { lookAt } from '../gallery/look-at.ts';
import type { Look } from '../model/look.ts';
import { decodeLook, encodeLook, FragmentError } from './look-fragment.ts';

const looks = EXHIBITS.map((exhibit): Look => ({
  ...lookAt(exhibit),
  theme: 'dark',
  prices: { arm64: 'neoverse-n1' },
}));
const [first] = looks;

async function fragmentOf(value: unknown): Promise<string> {
  return encodeLook(value as Look);
}

describe('the fragment of a link', () => {
  it.each(looks)('gives back the look that it was made of: $text', async (look) => {
    const fragment = await encodeLook(look);
    expect(fragment).toMatch(/^v1\.[\w-]+$/);
    expect(await decodeLook(fragment)).toEqual(look);
  });

  it('keeps a place in a film, a camera and any letters', async () => {
    const look: Look = {
      ...first!,
      text: 'name: "ßж漢🙂"\n',
      position: 7,
      camera: { x: -1.5, y: 2, scale: 0.25 },
      tlb: 'block',
    };
    expect(await decodeLook(await encodeLook(look))).toEqual(look);
  });

  it('keeps the machine of a recording', async () => {
    const look: Look = {
      ...first!,
      lead: 1,
      machines: [
        {
          arch: 'arm64',
          kernel: '7.2',
          arm64: { tlbiRange: false, repeatTlbi: true, features: { faultReferences: true } },
        },
        { arch: 'x86-64', kernel: '6.12', x86: { softDirty: false, pku: true, levels: 5 } },
      ],
    };
    expect(await decodeLook(await encodeLook(look))).toEqual(look);
  });

  it.each([
    ['', 'expected a link that begins with #v1.'],
    ['v2.abc', 'expected a link that begins with #v1.'],
    ['v1.', 'expected a whole link, found one that is damaged or cut off'],
    ['v1.!!!', 'expected a whole link, found one that is damaged or cut off'],
    ['v1.AAAA', 'expected a whole link, found one that is damaged or cut off'],
    [`v1.${'A'.repeat(100_001)}`, 'expected at most 100000 characters in a link, found more'],
  ])('refuses %j', async (fragment, message) => {
    await expect(decodeLook(fragment)).rejects.toThrow(new FragmentError(message));
  });

  it('refuses one that is cut off anywhere', async () => {
    const whole = await encodeLook(first!);
    for (let length = 3; length < whole.length; length += 37) {
      await expect(decodeLook(whole.slice(0, length))).rejects.toThrow(FragmentError);
    }
  });

  it('refuses one that becomes too large', async () => {
    const fragment = await fragmentOf({ ...first!, text: ' '.repeat(2_000_000) });
    expect(fragment.length).toBeLessThan(100_000);
    await expect(decodeLook(fragment)).rejects.toThrow('expected at most 1000000 bytes in a link');
  });

  it.each([
    [null],
    [[]],
    [{}],
    [{ ...first, machines: [] }],
    [{ ...first, prices: { arm64: 'zen3' } }],
    [{ ...first, prices: null }],
    [{ ...first, machines: [{ arch: 'arm64', kernel: '7.3', arm64: { granule: '64k' } }] }],
    [{ ...first, machines: [{ arch: 'arm64', kernel: '7.3', arm64: { levels: 4 } }] }],
    [{ ...first, machines: [{ arch: 'x86-64', kernel: '7.3', x86: { features: { a: true } } }] }],
    [{ ...first, machines: [{ arch: 'riscv', kernel: '6.17' }] }],
    [{ ...first, machines: [{ arch: 'arm64', kernel: '6.17', arm64: { granule: '64k' } }] }],
    [{ ...first, lead: 2 }],
    [{ ...first, step: -1 }],
    [{ ...first, position: 0.5 }],
    [{ ...first, focus: 1e9 }],
    [{ ...first, camera: { x: 0, y: 0, scale: 0 } }],
    [{ ...first, theme: 'pink' }],
    [{ ...first, tlb: 'none' }],
    [{ ...first, text: 5 }],
  ])('refuses what is no look: %j', async (value) => {
    const fragment = await fragmentOf(value);
    await expect(decodeLook(fragment)).rejects.toThrow('expected a link of this page');
  });
});
