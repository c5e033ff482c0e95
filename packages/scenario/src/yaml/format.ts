import { Document, isMap, isSeq, type YAMLMap } from 'yaml';
import type { Scenario, ScenarioStep } from '../scenario.ts';
import { PLAIN_OPS } from './op-schema.ts';

const LINE_WIDTH = 100;

function stepData(step: ScenarioStep): unknown {
  const { op, ...body } = step.operation;
  if (PLAIN_OPS.includes(op) && step.expect.length === 0) return op;
  return { [op]: body, ...(step.expect.length === 0 ? {} : { expect: step.expect }) };
}

/** Puts the fields of an operation on one line; those of an expectation stand below each other. */
function layOut(step: YAMLMap): void {
  for (const pair of step.items) {
    if (isMap(pair.value)) pair.value.flow = true;
    if (!isSeq(pair.value)) continue;
    for (const expectation of pair.value.items) {
      if (!isMap(expectation)) continue;
      for (const field of expectation.items) {
        if (isMap(field.value) || isSeq(field.value)) field.value.flow = true;
      }
    }
  }
}

/**
 * Writes a scenario as YAML text that {@link parseScenario} reads back to the same operations and
 * expectations. Line numbers are those of the new text.
 */
export function formatScenario(scenario: Scenario): string {
  const { name, title, description, tlb, steps } = scenario;
  const data = {
    name,
    ...(title === '' ? {} : { title }),
    ...(description === '' ? {} : { description }),
    ...(tlb === undefined ? {} : { tlb }),
    steps: steps.map(stepData),
  };
  // Without anchors: the same list may stand in more than one place.
  const document = new Document(data, { aliasDuplicateObjects: false });
  const list = document.get('steps', true);
  if (isSeq(list)) for (const step of list.items) if (isMap(step)) layOut(step);
  return document.toString({ lineWidth: LINE_WIDTH });
}
