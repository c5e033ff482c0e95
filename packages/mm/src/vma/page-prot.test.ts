import { ARM64_PROT, arm64, VM_READ, VM_SHARED, VM_WRITE, X86_PROT, x86_64 } from '@ptelab/pte';
import { describe, expect, it } from 'vitest';
import { EXT4, SHMEM } from '../testing.fixture.ts';
import { VM_PFNMAP, VM_SOFTDIRTY, VM_UFFD_WP } from './flags.ts';
import { vmaSetPageProt, vmaWantsManualPteWriteUpgrade, vmaWantsWritenotify } from './page-prot.ts';
import { Vma, type VmFile } from './vma.ts';

const RW = VM_READ | VM_WRITE;
const x86 = x86_64({ kernel: '7.2' });
const plain = x86_64({ kernel: '7.2', softDirty: false });
const arm = arm64({ kernel: '7.2' });
/** Written back, but without page_mkwrite. */
const MINIMAL: VmFile = { name: 'minimal', pageMkwrite: false, canWriteback: true };

interface Case {
  readonly name: string;
  readonly arch: typeof x86 | typeof arm;
  readonly flags: number;
  readonly file: VmFile | null;
  /** The template lets entries be writable. */
  readonly template: boolean;
  /** Entries are upgraded one by one when the VMA goes from read-only to this. */
  readonly upgrade: boolean;
}

const CASES: readonly Case[] = [
  { name: 'private anonymous', arch: plain, flags: RW, file: null, template: false, upgrade: true },
  { name: 'private file', arch: plain, flags: RW, file: EXT4, template: false, upgrade: true },
  {
    name: 'shmem',
    arch: plain,
    flags: RW | VM_SHARED,
    file: SHMEM,
    template: true,
    upgrade: false,
  },
  {
    name: 'shmem, all soft-dirty',
    arch: x86,
    flags: RW | VM_SHARED | VM_SOFTDIRTY,
    file: SHMEM,
    template: true,
    upgrade: false,
  },
  {
    name: 'shmem, soft-dirty tracked',
    arch: x86,
    flags: RW | VM_SHARED,
    file: SHMEM,
    template: false,
    upgrade: false,
  },
  {
    name: 'shmem, uffd-wp',
    arch: arm,
    flags: RW | VM_SHARED | VM_UFFD_WP,
    file: SHMEM,
    template: false,
    upgrade: false,
  },
  {
    name: 'shared file with page_mkwrite',
    arch: arm,
    flags: RW | VM_SHARED,
    file: EXT4,
    template: false,
    upgrade: true,
  },
  {
    name: 'shared file with writeback only',
    arch: arm,
    flags: RW | VM_SHARED,
    file: MINIMAL,
    template: false,
    upgrade: false,
  },
  {
    name: 'shared frames without struct page',
    arch: arm,
    flags: RW | VM_SHARED | VM_PFNMAP,
    file: MINIMAL,
    template: true,
    upgrade: false,
  },
  {
    name: 'private, read-only',
    arch: arm,
    flags: VM_READ,
    file: null,
    template: false,
    upgrade: false,
  },
  {
    name: 'shared, read-only',
    arch: arm,
    flags: VM_READ | VM_SHARED,
    file: EXT4,
    template: false,
    upgrade: false,
  },
];

/** A VMA whose template was made when it was read-only. */
function readOnlyBefore({ arch, flags, file }: Case): Vma {
  const vma = new Vma({ start: 0, end: 1, pgoff: 0, flags: flags & ~VM_WRITE, file });
  vmaSetPageProt(arch, vma);
  vma.flags = flags;
  return vma;
}

describe.each(CASES)('$name', (given) => {
  const { arch, template, upgrade } = given;

  it(`the template ${template ? 'has' : 'has no'} write permission`, () => {
    const vma = readOnlyBefore(given);
    vmaSetPageProt(arch, vma);
    expect(arch.pteWrite(vma.pageProt)).toBe(template);
  });

  // mprotect asks with the new flags while the template is still the old one.
  it(`becoming so ${upgrade ? 'upgrades' : 'does not upgrade'} single entries`, () => {
    expect(vmaWantsManualPteWriteUpgrade(arch, readOnlyBefore(given))).toBe(upgrade);
  });
});

describe('the old-template trap', () => {
  it('a tracked shared VMA wants to be told of writes, if asked with the template of its flags', () => {
    const vma = new Vma({ start: 0, end: 1, pgoff: 0, flags: RW | VM_SHARED, file: SHMEM });
    expect(vmaWantsWritenotify(x86, vma, X86_PROT.SHARED)).toBe(true);
    expect(vmaWantsWritenotify(x86, vma, X86_PROT.READONLY)).toBe(false);
  });

  it('page_mkwrite is asked before the template is looked at', () => {
    const vma = new Vma({ start: 0, end: 1, pgoff: 0, flags: RW | VM_SHARED, file: EXT4 });
    expect(vmaWantsWritenotify(arm, vma, ARM64_PROT.NONE)).toBe(true);
  });
});

describe('the template', () => {
  it('carries the protection key', () => {
    const vma = new Vma({ start: 0, end: 1, pgoff: 0, flags: RW, pkey: 1 });
    vmaSetPageProt(x86, vma);
    expect(vma.pageProt).toBe(x86.vmGetPageProt(RW, { pkey: 1 }));
    expect(vma.pageProt).not.toBe(X86_PROT.READONLY);
  });
});
