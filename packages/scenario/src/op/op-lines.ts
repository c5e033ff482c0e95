import { StoryCheck } from '../check/story-check.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { Scenario, ScenarioStep } from '../scenario.ts';
import { OpLineError } from './op-line-error.ts';
import { formatOpLine, parseOpLine } from './op-line.ts';
import type { Operation } from './operation.ts';

function readLine(line: string, number: number, source: string): Operation {
  try {
    return parseOpLine(line);
  } catch (error) {
    if (!(error instanceof OpLineError)) throw error;
    throw new ScenarioError('bad-op-line', source, { line: number, column: 0 }, error.message);
  }
}

/**
 * Makes a scenario without expectations from op lines, as recordings hold them (without their first
 * line, which names the scenario).
 *
 * @throws ScenarioError for the first line that can't be read or does not fit the lines before it.
 */
export function scenarioFromOpLines(name: string, lines: readonly string[]): Scenario {
  const story = new StoryCheck();
  const steps = lines.map((text, index): ScenarioStep => {
    const line = index + 1;
    const operation = readLine(text, line, name);
    const problem = story.step(operation);
    if (problem !== null) {
      throw new ScenarioError('bad-story', name, { line, column: 0 }, problem.text);
    }
    return { operation, expect: [], line };
  });
  return { name, title: '', description: '', steps };
}

/** Writes the operations of a scenario as op lines; expectations are left out. */
export function opLinesOfScenario(scenario: Scenario): string[] {
  return scenario.steps.map((step) => formatOpLine(step.operation));
}
