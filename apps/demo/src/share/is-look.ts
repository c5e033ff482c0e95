import { COST_MACHINES } from '@ptelab/cost';
import { MOST_MACHINES, type Look } from '../model/look.ts';
import { MOST_PAGES } from '../model/story-window.ts';
import { isFields, oneOf } from './fields.ts';
import { isMachine } from './is-machine.ts';

function isCount(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function isCamera(value: unknown): boolean {
  if (value === null) return true;
  return (
    isFields(value) &&
    [value.x, value.y, value.scale].every((each) => Number.isFinite(each)) &&
    Number(value.scale) > 0
  );
}

function isPrices(value: unknown): boolean {
  return (
    isFields(value) &&
    Object.entries(value).every(([arch, id]) =>
      COST_MACHINES.some((machine) => machine.arch === arch && machine.id === id),
    )
  );
}

/** True for plain data that is a look; what the story's text means is for who reads it. */
export function isLook(value: unknown): value is Look {
  if (!isFields(value)) return false;
  const { text, machines, lead, step, position, focus, camera, theme, prices, tlb } = value;
  return (
    typeof text === 'string' &&
    Array.isArray(machines) &&
    machines.length >= 1 &&
    machines.length <= MOST_MACHINES &&
    machines.every(isMachine) &&
    isCount(lead, machines.length - 1) &&
    isCount(step, 1e6) &&
    (position === null || isCount(position, 1e9)) &&
    isCount(focus, MOST_PAGES) &&
    isCamera(camera) &&
    isPrices(prices) &&
    oneOf(theme, ['auto', 'light', 'dark']) &&
    oneOf(tlb, [null, 'block', 'page'])
  );
}
