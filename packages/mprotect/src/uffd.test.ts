import { VM_UFFD_WP } from '@ptelab/mm';
import { arm64, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { merged } from './strategies/merged.ts';
import { perPte } from './strategies/per-pte.ts';
import {
  BASE,
  digits,
  mapAnon,
  RW,
  RO,
  protect,
  testMm,
  touch,
  vmaAt,
  vmaMap,
} from './testing.fixture.ts';
import { uffdRegisterWp, uffdUnregister, uffdWriteprotect } from './uffd.ts';

const MACHINES = [x86_64({ kernel: '7.2' }), arm64({ kernel: '7.2' })];
const STRATEGIES = [perPte, merged];

/**
 *      page   0        4        8
 *             [ registered    )[ not )       two folios of four pages, and four single ones
 */
describe.each(MACHINES)('$name: userfaultfd write-protection', (arch) => {
  it.each(STRATEGIES)(
    '$name: takes write permission page by page and gives it back',
    (strategy) => {
      const mm = testMm(arch, [16]);
      mapAnon(mm, 0, 8);
      touch(mm, 0, 8);
      uffdRegisterWp(mm, BASE, BASE + 8, 1);
      expect(uffdWriteprotect(mm, BASE + 2, BASE + 6, true, strategy)).toBe('ok');
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00111100', '11000011']);
      protect(mm, 0, 8, RO, { strategy });
      protect(mm, 0, 8, RW, { strategy });
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00111100', '11000011']);
      expect(uffdWriteprotect(mm, BASE, BASE + 8, false, strategy)).toBe('ok');
      expect([digits(mm, 'U', 8), digits(mm, 'W', 8)]).toEqual(['00000000', '11111111']);
    },
  );

  it('stops at the first VMA that is not registered; those before stay changed', () => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 12);
    touch(mm, 0, 12);
    uffdRegisterWp(mm, BASE, BASE + 8, 1);
    expect(vmaMap(mm)).toEqual(['0-8', '8-12']);
    expect(uffdWriteprotect(mm, BASE, BASE + 12, true, merged)).toBe('ENOENT');
    expect(digits(mm, 'U', 12)).toBe('111111110000');
    expect(uffdWriteprotect(mm, BASE + 12, BASE + 16, true, merged)).toBe('ENOENT');
  });

  it('unregistering lifts the protection and joins the VMAs again', () => {
    const mm = testMm(arch);
    mapAnon(mm, 0, 12);
    touch(mm, 0, 12);
    uffdRegisterWp(mm, BASE, BASE + 8, 1);
    uffdWriteprotect(mm, BASE, BASE + 8, true, merged);
    uffdUnregister(mm, BASE, BASE + 12, merged);
    expect([vmaMap(mm), digits(mm, 'U', 12)]).toEqual([['0-12'], '0'.repeat(12)]);
    expect(vmaAt(mm, 0)).toMatchObject({ uffd: 0, flags: expect.any(Number) });
    expect(vmaAt(mm, 0).flags & VM_UFFD_WP).toBe(0);
  });
});
