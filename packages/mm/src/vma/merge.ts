import { VM_IGNORE_MERGE, VM_SPECIAL } from './flags.ts';
import type { AnonVma, Vma } from './vma.ts';

/** What a stretch of pages must share with a neighbour to become part of it. */
export interface MergeCandidate {
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly flags: number;
  readonly pkey: number;
  readonly vma: Vma;
}

function anonVmaCompatible(a: AnonVma | null, b: AnonVma | null): boolean {
  return a === b || a === null || b === null;
}

/** Flags, but those that never stand in the way of a merge, and backing agree. */
function attributesMatch(candidate: MergeCandidate, neighbour: Vma): boolean {
  return (
    ((candidate.flags ^ neighbour.flags) & ~VM_IGNORE_MERGE) === 0 &&
    (candidate.flags & VM_SPECIAL) === 0 &&
    candidate.pkey === neighbour.pkey &&
    candidate.vma.file === neighbour.file &&
    candidate.vma.uffd === neighbour.uffd
  );
}

/** True if the stretch may be appended to `previous`. */
export function canMergeAfter(candidate: MergeCandidate, previous: Vma | undefined): boolean {
  return (
    previous?.end === candidate.start &&
    attributesMatch(candidate, previous) &&
    anonVmaCompatible(candidate.vma.anonVma, previous.anonVma) &&
    previous.pgoff + (previous.end - previous.start) === candidate.pgoff
  );
}

/** True if the stretch may be put in front of `next`. */
export function canMergeBefore(candidate: MergeCandidate, next: Vma | undefined): boolean {
  return (
    next?.start === candidate.end &&
    attributesMatch(candidate, next) &&
    anonVmaCompatible(candidate.vma.anonVma, next.anonVma) &&
    candidate.pgoff + (candidate.end - candidate.start) === next.pgoff
  );
}

/** True if two neighbours of a stretch may end up in one VMA. */
export function canMergeBoth(previous: Vma, next: Vma): boolean {
  return anonVmaCompatible(previous.anonVma, next.anonVma);
}
