import { Story, type Machine } from '@ptelab/scenario';
import type { Layout } from './workload.ts';

const PAGE_KB = 4;
const HUGE_KB = 2048;

/** Splits huge mappings of anonymous memory into entries. */
function splitAnon(story: Story, pages: number): void {
  for (let at = 0; at < pages; at += story.mm.pmdPages) {
    // Marking one page of a huge mapping splits the VMA, and with it the mapping.
    story.apply({ op: 'madvise', at, pages: 1, advice: 'DONTFORK' });
    story.apply({ op: 'madvise', at, pages: 1, advice: 'DOFORK' });
  }
}

/** Splits huge mappings of a file: they go away, and entries take their place one fault at a time. */
function splitShared(story: Story, pages: number): void {
  const { pmdPages } = story.mm;
  for (let at = 0; at < pages; at += pmdPages) {
    // While the VMA is divided, no huge mapping fits into it.
    story.apply({ op: 'mprotect', at, pages: 1, prot: 'r' });
    story.apply({ op: 'write', at: at + 1, pages: pmdPages - 1 });
    story.apply({ op: 'mprotect', at, pages: 1, prot: 'rw' });
    story.apply({ op: 'write', at, pages: 1 });
  }
}

/** Maps and writes `pages` pages: a multiple of the folio size, in folios of that size only. */
export function buildLayout(machine: Machine, layout: Layout, pages: number): Story {
  const story = new Story(machine);
  const shared = layout.memory === 'shared';
  if (layout.kb > PAGE_KB) {
    const memory = shared ? 'shmem' : 'anon';
    story.apply({ op: 'thp', kb: layout.kb, enabled: 'always', memory });
  }
  const all = { at: 0, pages };
  story.apply({ op: 'mmap', ...all, prot: 'rw', kind: shared ? 'shanon' : 'anon' });
  story.apply({ op: 'write', ...all });
  if (layout.kb === HUGE_KB) {
    if (shared) splitShared(story, pages);
    else splitAnon(story, pages);
  }
  if (layout.alternating === true) {
    story.apply({ op: 'forkexit', id: 'child' });
    story.apply({ op: 'write', ...all, step: 2 });
  }
  return story;
}
