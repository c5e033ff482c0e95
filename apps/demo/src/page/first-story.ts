import type { Look } from '../model/look.ts';

/** What is shown to somebody who brings nothing along. */
const FIRST_STORY = `name: fork-and-one-write
title: A batch that is committed in three parts
description: |
  After a fork no page is exclusive to the parent, even when the child is gone. One write makes page 3
  exclusive again. Made writable, only page 3 may get its write bit at once.
steps:
  - thp: { kb: 64, enabled: always }
  - mmap: { at: 0, pages: 64, prot: rw, kind: anon }
  - write: { at: 0, pages: 64 }
  - fork: { id: child }
  - child: { id: child, does: exit }
  - write: { at: 3, pages: 1 }
  - mprotect: { at: 0, pages: 64, prot: r }
  - mprotect: { at: 0, pages: 64, prot: rw }
`;

/** What the page shows at first: before batching and with it. */
export const FIRST_LOOK: Look = {
  text: FIRST_STORY,
  machines: [
    { arch: 'arm64', kernel: '6.16' },
    { arch: 'arm64', kernel: '6.17' },
  ],
  lead: 1,
  step: 7,
  position: null,
  focus: 3,
  camera: null,
  theme: 'auto',
  tlb: null,
};
