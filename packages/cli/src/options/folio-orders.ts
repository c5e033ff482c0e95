import { CliError } from '../cli-error.ts';

/** Largest order: a huge mapping of 4K pages. */
const MOST_ORDER = 9;
/** Anonymous folios of order 1 do not exist. */
const LEAST_ORDER = 2;

function bad(found: string): never {
  const rule = `expected 0, or orders from ${LEAST_ORDER} to ${MOST_ORDER} joined by +`;
  throw new CliError('bad-folio', `--folio: ${rule}, found ${JSON.stringify(found)}`);
}

function ordersOf(text: string): number[] {
  if (text === '0') return [];
  const orders = text.split('+').map((word) => (/^\d$/.test(word) ? Number(word) : bad(text)));
  if (orders.some((order) => order < LEAST_ORDER)) bad(text);
  return [...new Set(orders)].sort((a, b) => a - b);
}

/**
 * Reads settings of folio sizes: a list with commas, each either 0 for single pages or orders joined by
 * `+` that are enabled together.
 *
 * @throws CliError for anything else.
 */
export function folioSettings(text: string): number[][] {
  const settings = text.split(',').map((word) => ordersOf(word.trim()));
  const all = new Map(settings.map((orders) => [orders.join('+'), orders]));
  return [...all.values()];
}
