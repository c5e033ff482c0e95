import { touchPages, type AddressSpace, type TouchResult } from '@ptelab/mm';
import { findStrategy } from '@ptelab/mprotect';
import { EVENT_NAMES, type FlushRange, type MmContext } from '@ptelab/pte';
import { createMachine, Story, STORY_BASE_VPN, type OpOutcome } from '@ptelab/scenario';
import { overrideArch } from '../call/override-arch.ts';
import type { CheckMachine } from '../search/machine.ts';
import type { SharingStep } from './steps.ts';

/** One of the two systems that are told a story. */
class Teller {
  readonly story: Story;
  /** Ranges flushed since the last look. */
  flushes: string[] = [];

  constructor(machine: CheckMachine, strategy: string, shareLeafTables: boolean) {
    const made = createMachine(machine, findStrategy(strategy));
    const arch = overrideArch(made.arch, {
      flushTlbRange: (mm: MmContext, range: FlushRange): void => {
        this.flushes.push(
          `${range.start - STORY_BASE_VPN}..${range.end - STORY_BASE_VPN}/${range.stride}`,
        );
        made.arch.flushTlbRange(mm, range);
      },
      flushTlbMm: (mm: MmContext): void => {
        this.flushes.push('all');
        made.arch.flushTlbMm(mm);
      },
    });
    this.story = new Story({ ...made, arch }, { shareLeafTables });
  }

  tell(step: SharingStep): TouchResult | OpOutcome {
    if (step.op !== 'touch-pages') return this.story.apply(step);
    const start = this.story.vpn(step.at);
    return touchPages(this.story.mm, start, start + step.pages, step.access);
  }
}

function eventsDifference(a: AddressSpace, b: AddressSpace): string | null {
  for (const name of EVENT_NAMES) {
    if (a.events[name] !== b.events[name]) {
      return `${name}: ${b.events[name]} shared, ${a.events[name]} plain`;
    }
  }
  return a.minFlt === b.minFlt ? null : `minor faults: ${b.minFlt} shared, ${a.minFlt} plain`;
}

/** Compares all entries, and the states of the frames that they map; parts what is shared. */
function stateDifference(plain: Story, shared: Story): string | null {
  const tables = [...plain.mm.tables()];
  const others = [...shared.mm.tables()];
  if (tables.length !== others.length)
    return `${others.length} tables shared, ${tables.length} plain`;
  for (const table of tables) {
    const other = shared.mm.table(table.base);
    if (other === undefined) return `no table at page ${table.base - STORY_BASE_VPN}`;
    for (let i = 0; i < table.length; i++) {
      if (table.pfn[i] !== other.pfn[i] || table.bits[i] !== other.bits[i]) {
        return `the entry of page ${table.base + i - STORY_BASE_VPN}`;
      }
    }
  }
  const huge = (story: Story): string =>
    story.mm
      .hugePmds()
      .map(({ base, entry }) => `${base} ${entry.pfn} ${entry.bits}`)
      .sort()
      .join();
  return huge(plain) === huge(shared) ? framesDifference(plain, shared) : 'a huge mapping';
}

function framesDifference(plain: Story, shared: Story): string | null {
  const { memmap, allocator } = plain.system;
  const { memmap: other, allocator: otherAllocator } = shared.system;
  const end = allocator.next ?? 0;
  if (end !== otherAllocator.next) return 'the next frame that is handed out';
  for (let pfn = 0; pfn < end; pfn += memmap.sectionPages) {
    if (!memmap.hasSection(pfn) && !other.hasSection(pfn)) continue;
    if (!memmap.frameStates(pfn).equals(other.frameStates(pfn))) {
      return `the state of frames from ${pfn} on`;
    }
    for (let frame = pfn; frame < pfn + memmap.sectionPages; frame++) {
      if (plain.system.lru.isOnLru(frame) !== shared.system.lru.isOnLru(frame)) {
        return `whether frame ${frame} is on a list of reclaim`;
      }
    }
  }
  return null;
}

/** The first thing in which a system with shared leaf tables differs from a plain one. */
export interface SharingDifference {
  /** Index of the step after which they differ. */
  readonly step: number;
  readonly what: string;
}

/**
 * Tells one story to a system whose leaf tables share their states and to one where every table is plain;
 * compares results, counters and flushes after every step, all states after the last.
 */
export function compareSharing(
  steps: readonly SharingStep[],
  machine: CheckMachine,
  strategy: string,
): SharingDifference | null {
  const plain = new Teller(machine, strategy, false);
  const shared = new Teller(machine, strategy, true);
  for (const [index, step] of steps.entries()) {
    const [expected, found] = [plain.tell(step), shared.tell(step)];
    const what =
      (JSON.stringify(expected) === JSON.stringify(found) ? null : 'the result') ??
      eventsDifference(plain.story.mm, shared.story.mm) ??
      (plain.flushes.join() === shared.flushes.join() ? null : 'the flushed ranges');
    if (what !== null) return { step: index, what };
    plain.flushes = [];
    shared.flushes = [];
  }
  const what = stateDifference(plain.story, shared.story);
  return what === null ? null : { step: steps.length - 1, what };
}
