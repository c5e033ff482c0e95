import { expect, it } from 'vitest';
import { parseRawHex } from '../raw.ts';
import { x86_64 } from './x86.ts';

const arch = x86_64({ kernel: '7.3' });
const RW = '0x8000000012340067';
const RO = '0x8400000012340025';
const RO_CLEAN = '0x8000000012340025';
const NONE = '0x040fffffedcbf120';

it.each<[string, string, string, boolean]>([
  ['RW to RO', RW, RO, true],
  ['RO to RW', RO, RW, true],
  ['RO to RO', RO, RO, false],
  ['RW to NONE', RW, NONE, true],
  ['RO to NONE', RO, NONE, true],
  ['NONE to RW', NONE, RW, false],
  ['NONE to RO', NONE, RO, false],
  ['empty to RW', '0x0', RW, false],
  ['RO to empty', RO, '0x0', true],
  ['another frame', RW, '0x8000000012341067', true],
  ['another frame above 16 TiB', RW, '0x8001000012340067', true],
  ['dirty set', '0x8000000012340027', RW, false],
  ['dirty cleared', RW, '0x8000000012340027', true],
  ['saved dirty set', RO_CLEAN, RO, false],
  ['saved dirty cleared', RO, RO_CLEAN, false],
  ['soft-dirty set', RW, '0x8000000012340867', false],
  ['soft-dirty cleared', '0x8000000012340867', RW, false],
  ['uffd-wp set', RO, '0x8400000012340425', false],
  ['special set', RO, '0x8400000012340225', false],
  ['bit 57 set', RO, '0x8600000012340025', false],
  ['accessed set', '0x8000000012340005', RO_CLEAN, false],
  ['NX set', '0x0000000012340025', RO_CLEAN, true],
  ['NX cleared', RO_CLEAN, '0x0000000012340025', true],
  ['key changed', RO_CLEAN, '0x8800000012340025', true],
  ['user cleared', RO_CLEAN, '0x8000000012340021', true],
  ['user set', '0x8000000012340021', RO_CLEAN, true],
  ['write-through changed', RO_CLEAN, '0x800000001234002d', true],
  ['cache disable changed', RO_CLEAN, '0x8000000012340035', true],
  ['PAT changed', RO_CLEAN, '0x80000000123400a5', true],
  ['global changed', RO_CLEAN, '0x8000000012340125', true],
])('%s', (_, from, to, expected) => {
  expect(arch.pteNeedsFlush(parseRawHex(from), parseRawHex(to))).toBe(expected);
  expect(arch.hugePmdNeedsFlush(parseRawHex(from), parseRawHex(to))).toBe(expected);
});

it('accessed cleared counts for a huge entry only', () => {
  const from = parseRawHex(RO_CLEAN);
  const to = parseRawHex('0x8000000012340005');
  expect(arch.pteNeedsFlush(from, to)).toBe(false);
  expect(arch.hugePmdNeedsFlush(from, to)).toBe(true);
});
