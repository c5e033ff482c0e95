import { Story, type Machine } from '@ptelab/scenario';
import type { Layout } from './workload.ts';

const PAGE_KB = 4;
const HUGE_KB = 2048;

/** True if pages of 2 MiB have to be cut out of a huge mapping. */
function isHuge({ kb }: Layout): boolean {
  return kb === HUGE_KB;
}

function splitMappings(story: Story, pages: number): void {
  const { pmdPages } = story.mm;
  for (let at = 0; at < pages; at += pmdPages) {
    // Marking one page of a huge mapping splits the VMA, and with it the mapping.
    story.apply({ op: 'madvise', at, pages: 1, advice: 'DONTFORK' });
    story.apply({ op: 'madvise', at, pages: 1, advice: 'DOFORK' });
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
  if (isHuge(layout)) {
    splitMappings(story, pages);
    // Splitting the huge mapping of a file takes it away; entries come back page by page.
    if (shared) story.apply({ op: 'write', ...all });
  }
  if (layout.alternating === true) {
    story.apply({ op: 'forkexit', id: 'child' });
    story.apply({ op: 'write', ...all, step: 2 });
  }
  return story;
}
