import type { Operation } from '../op/operation.ts';
import type { Scenario, ScenarioStep } from '../scenario.ts';
import { StoryCheck } from './story-check.ts';

/** Label of the dumps that {@link withFinalDumps} adds. */
export const FINAL_LABEL = 'final';

/**
 * Adds a dump of every stretch that is mapped at the end, so that runs of the scenario can be compared
 * entry by entry.
 *
 * @param maxPages - most pages to dump in all; what lies beyond is left out.
 */
export function withFinalDumps(scenario: Scenario, maxPages = 65536): Scenario {
  const story = new StoryCheck();
  for (const step of scenario.steps) story.step(step.operation);
  const dumps: ScenarioStep[] = [];
  let left = maxPages;
  for (const { start, end } of story.mapped) {
    const pages = Math.min(end - start, left);
    if (pages === 0) break;
    left -= pages;
    const operation: Operation = { op: 'dump', label: FINAL_LABEL, at: start, pages };
    dumps.push({ operation, expect: [], line: 0 });
  }
  return { ...scenario, steps: [...scenario.steps, ...dumps] };
}
