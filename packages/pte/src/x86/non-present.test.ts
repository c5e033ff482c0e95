import { expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { joinMigrationOffset, type NonPresentEntry, type NonPresentKind } from '../non-present.ts';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { x86_64 } from './x86.ts';

const PLAIN = { softDirty: false, uffdWp: false, exclusive: false };
const PFN_BITS = 34;

function entry(
  kind: NonPresentKind,
  type: number,
  offset: number,
  more: Partial<NonPresentEntry> = {},
): NonPresentEntry {
  return { kind, type, offset, ...PLAIN, ...more };
}

const dirty = joinMigrationOffset({ pfn: 0x12340, young: false, dirty: true }, PFN_BITS);

it.each<[string, KernelRelease, string, NonPresentEntry]>([
  ['swap', '7.3', '0x1fffffffffdb9600', entry('swap', 3, 0x1234)],
  ['readable migration', '7.3', '0xcffffffffdb97e00', entry('migration-read', 25, 0x12340)],
  [
    'exclusive migration',
    '6.12',
    '0xcffffffffdb97e00',
    entry('migration-read-exclusive', 25, 0x12340),
  ],
  ['dirty migration', '7.3', '0xdfffeffffdb97e00', entry('migration-write', 27, dirty)],
  ['exclusive swap', '7.3', '0x1fffffffffdb9608', entry('swap', 3, 0x1234, { exclusive: true })],
  ['swap with uffd-wp', '7.3', '0x1fffffffffdb9604', entry('swap', 3, 0x1234, { uffdWp: true })],
  ['soft-dirty swap', '7.3', '0x1fffffffffdb9602', entry('swap', 3, 0x1234, { softDirty: true })],
  ['marker', '7.3', '0xfffffffffffff600', entry('marker', 31, 4)],
  ['smallest offset', '7.3', '0x07fffffffffffe00', entry('swap', 0, 0)],
  ['largest offset', '7.3', '0x0800000000000000', entry('swap', 1, 2 ** 50 - 1)],
])('%s (%s) is %s', (_, kernel, raw, expected) => {
  const arch = x86_64({ kernel });
  const out = makePte();
  arch.encodeNonPresent(expected, out);
  expect(rawHex(out)).toBe(raw);
  expect(arch.decodeNonPresent(parseRawHex(raw))).toEqual(expected);
  expect(arch.ptePresent(out.bits)).toBe(false);
});
