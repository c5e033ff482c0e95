import { deflateRawSync } from 'node:zlib';

/** Entries of the largest page table that the page shows. */
export const LARGE_PAGES = 262_144;

const TEXT = `name: 1-gib
title: 1 GiB of folios of 64 KiB, and a part of it read-only
steps:
  - thp: { kb: 64, enabled: always }
  - mmap: { at: 0, pages: ${LARGE_PAGES}, prot: rw, kind: anon }
  - write: { at: 0, pages: ${LARGE_PAGES} }
  - mprotect: { at: 0, pages: 65536, prot: r }
`;

/** Fragment of a link to a page table of {@link LARGE_PAGES} entries; see `src/share` of the demo. */
export function largeStoryLink(): string {
  const look = {
    text: TEXT,
    machines: [{ arch: 'arm64', kernel: '6.17' }],
    lead: 0,
    step: 3,
    position: null,
    focus: 0,
    camera: null,
    theme: 'light',
    prices: {},
    tlb: null,
  };
  return `#v1.${deflateRawSync(JSON.stringify(look)).toString('base64url')}`;
}
