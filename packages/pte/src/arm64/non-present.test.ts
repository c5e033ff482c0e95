import { expect, it } from 'vitest';
import type { KernelRelease } from '../features.ts';
import { joinMigrationOffset, type NonPresentEntry, type NonPresentKind } from '../non-present.ts';
import { parseRawHex, rawHex } from '../raw.ts';
import { makePte } from '../table.ts';
import { arm64 } from './arm64.ts';

const PLAIN = { softDirty: false, uffdWp: false, exclusive: false };
const PFN_BITS = 36;

function entry(
  kind: NonPresentKind,
  type: number,
  offset: number,
  more: Partial<NonPresentEntry> = {},
): NonPresentEntry {
  return { kind, type, offset, ...PLAIN, ...more };
}

const young = joinMigrationOffset({ pfn: 0x12340, young: true, dirty: true }, PFN_BITS);

it.each<[string, KernelRelease, string, NonPresentEntry]>([
  ['exclusive swap', '7.3', '0x00000000012340c4', entry('swap', 3, 0x1234, { exclusive: true })],
  ['readable migration', '7.3', '0x0000000012340640', entry('migration-read', 25, 0x12340)],
  [
    'exclusive migration',
    '6.12',
    '0x0000000012340640',
    entry('migration-read-exclusive', 25, 0x12340),
  ],
  ['young, dirty migration', '7.3', '0x00030000123406c0', entry('migration-write', 27, young)],
  ['swap with uffd-wp', '7.3', '0x0000000000001008', entry('swap', 0, 1, { uffdWp: true })],
  ['marker', '7.3', '0x00000000000047c0', entry('marker', 31, 4)],
  ['largest offset', '7.3', '0x3ffffffffffff5c0', entry('swap', 23, 2 ** 50 - 1)],
  ['device memory', '7.3', '0x0000000000001700', entry('device-private-write', 28, 1)],
  ['device memory in 6.12', '6.12', '0x0000000000001740', entry('device-exclusive-write', 29, 1)],
])('%s (%s) is %s', (_, kernel, raw, expected) => {
  const arch = arm64({ kernel });
  const out = makePte();
  arch.encodeNonPresent(expected, out);
  expect(rawHex(out)).toBe(raw);
  expect(arch.decodeNonPresent(parseRawHex(raw))).toEqual(expected);
  expect(arch.ptePresent(out.bits)).toBe(false);
});
