import { UnsupportedError } from '@ptelab/mm';
import { rawHex, type TraceEvent } from '@ptelab/pte';
import {
  Story,
  STORY_BASE_VPN,
  type Machine,
  type Operation,
  type Scenario,
} from '@ptelab/scenario';

/** One line of a strategy's trace: a function of the kernel and what it was given or returned. */
export interface TraceLine {
  readonly fn: string;
  readonly text: string;
}

function lineOf(event: TraceEvent): TraceLine {
  const { fn } = event;
  switch (fn) {
    case 'modify_prot_start':
      return { fn, text: `page ${event.vpn - STORY_BASE_VPN}, ${event.nr}` };
    case 'modify_prot_commit': {
      const at = `page ${event.vpn - STORY_BASE_VPN}, ${event.nr}`;
      return { fn, text: `${at}: ${rawHex(event.old)} -> ${rawHex(event.new)}` };
    }
    case 'folio_pte_batch':
      return { fn, text: `returns ${event.nr}` };
    case 'can_change_pte_writable':
      return { fn, text: `page ${event.vpn - STORY_BASE_VPN}: ${rawHex(event.pte)}` };
    case 'flush_tlb_range': {
      const [start, end] = [event.start - STORY_BASE_VPN, event.end - STORY_BASE_VPN];
      return { fn, text: `pages ${start} to ${end - 1}` };
    }
    default:
      return { fn, text: 'vpn' in event ? `page ${event.vpn - STORY_BASE_VPN}` : '' };
  }
}

function isCall({ op }: Operation): boolean {
  return op === 'mprotect' || op === 'uffd_wp' || op === 'numa_scan';
}

/**
 * Runs a scenario and writes down, step by step, what its protection changes asked of the page table.
 *
 * A strategy that throws ends the trace; its message is the last line.
 *
 * @param onLine - told each line at once, for strategies that may never end.
 */
export function traceScenario(
  scenario: Scenario,
  machine: Machine,
  onLine?: (line: TraceLine) => void,
): TraceLine[] {
  const story = new Story(machine);
  const lines: TraceLine[] = [];
  const add = (line: TraceLine): void => {
    lines.push(line);
    onLine?.(line);
  };
  try {
    for (const { operation } of scenario.steps) {
      story.mm.trace = isCall(operation)
        ? (event) => {
            add(lineOf(event));
          }
        : null;
      story.apply(operation);
    }
  } catch (error) {
    if (error instanceof UnsupportedError || error instanceof RangeError) throw error;
    add({ fn: 'throws', text: String(error) });
  }
  return lines;
}
