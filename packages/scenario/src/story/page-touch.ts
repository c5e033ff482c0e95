import { accessPage, storeByte, type AccessResult, type AddressSpace } from '@ptelab/mm';

/** Touches one page; `i` counts pages from the start of the range. */
export type PageTouch = (mm: AddressSpace, vpn: number, i: number) => AccessResult;

/** Looks at a page before it is touched; what it returns is told afterwards what the touch did. */
export type TouchWatcher = (
  mm: AddressSpace,
  vpn: number,
  kind: 'read' | 'write',
) => (result: AccessResult) => void;

/*
 * What each kind of touch stores is that of the program that makes recordings: pages that hold the
 * same bytes there hold the same bytes here, which KSM and the split of folios notice.
 */
export const READ: PageTouch = (mm, vpn) => accessPage(mm, vpn, 'read');
export const WRITE: PageTouch = (mm, vpn, i) => storeByte(mm, vpn, 0, 0x41 + (i & 7));
export const PROBE: PageTouch = (mm, vpn) => storeByte(mm, vpn, 16, 0x5a);
export const CHILD_WRITE: PageTouch = (mm, vpn) => storeByte(mm, vpn, 8, 0x77);
