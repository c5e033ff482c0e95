import { PtelabInputError } from '../input-error.ts';
import type { Recording, RecordingInfo } from './types.ts';

/** Where a value stands, for messages. */
interface Place {
  readonly source: string;
  readonly line: number;
}

type JsonObject = Readonly<Record<string, unknown>>;

const MAX_PAGES = 32768;
const HEX = /^0x[0-9a-f]{16}$/;

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function fail(place: Place, path: string, expected: string, found: unknown): never {
  const where = path === '' ? '' : `${path}: `;
  const message = `${where}expected ${expected}, found ${show(found)}`;
  throw new PtelabInputError('recording', place.source, place.line, message);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkString(place: Place, object: JsonObject, path: string, key: string): void {
  if (typeof object[key] !== 'string') fail(place, `${path}${key}`, 'a string', object[key]);
}

function checkCount(place: Place, object: JsonObject, path: string, key: string): number {
  const value = object[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    fail(place, `${path}${key}`, 'a whole number from 0', value);
  }
  return value;
}

function checkArray(
  place: Place,
  object: JsonObject,
  path: string,
  key: string,
  length?: number,
): readonly unknown[] {
  const value = object[key];
  if (!Array.isArray(value)) fail(place, `${path}${key}`, 'an array', value);
  if (length !== undefined && value.length !== length) {
    fail(place, `${path}${key}`, `${length} elements`, value.length);
  }
  return value as readonly unknown[];
}

function checkHexArray(
  place: Place,
  object: JsonObject,
  path: string,
  key: string,
  length?: number,
): void {
  for (const [i, value] of checkArray(place, object, path, key, length).entries()) {
    if (value === null || (typeof value === 'string' && HEX.test(value))) continue;
    fail(place, `${path}${key}[${i}]`, '0x and 16 hexadecimal digits', value);
  }
}

function checkNumbers(
  place: Place,
  object: JsonObject,
  path: string,
  key: string,
  length: number,
): void {
  for (const [i, value] of checkArray(place, object, path, key, length).entries()) {
    if (value !== null && typeof value !== 'number') {
      fail(place, `${path}${key}[${i}]`, 'a number or null', value);
    }
  }
}

function checkDump(place: Place, step: JsonObject, path: string): void {
  checkString(place, step, path, 'label');
  checkString(place, step, path, 'mm');
  checkCount(place, step, path, 'off');
  const n = checkCount(place, step, path, 'n');
  if (n > MAX_PAGES) fail(place, `${path}n`, `at most ${MAX_PAGES} pages`, n);
  checkHexArray(place, step, path, 'pmd');
  for (const key of ['pte', 'pagemap', 'kpageflags', 'pgflags']) {
    checkHexArray(place, step, path, key, n);
  }
  for (const key of ['kpagecount', 'mapcount', 'anon_excl'])
    checkNumbers(place, step, path, key, n);
}

function checkFaults(place: Place, step: JsonObject, path: string): void {
  checkString(place, step, path, 'label');
  if (step.access !== 'r' && step.access !== 'w')
    fail(place, `${path}access`, 'r or w', step.access);
  for (const key of ['off', 'n', 'step']) checkCount(place, step, path, key);
  if (typeof step.vec !== 'string' || !/^[0-9S]*$/.test(step.vec)) {
    fail(place, `${path}vec`, 'digits and S', step.vec);
  }
}

function checkFigures(place: Place, figures: unknown, path: string): void {
  if (!isObject(figures)) fail(place, path, 'an object', figures);
  for (const name of Object.keys(figures)) checkCount(place, figures, `${path}.`, name);
}

function checkVmas(place: Place, step: JsonObject, path: string): void {
  checkString(place, step, path, 'label');
  for (const [i, vma] of checkArray(place, step, path, 'vmas').entries()) {
    const at = `${path}vmas[${i}].`;
    if (!isObject(vma)) fail(place, at, 'an object', vma);
    checkCount(place, vma, at, 'off');
    checkCount(place, vma, at, 'n');
    checkString(place, vma, at, 'perms');
    if (vma.kb !== undefined) checkFigures(place, vma.kb, `${at}kb`);
  }
}

function checkOp(place: Place, step: JsonObject, path: string): void {
  checkString(place, step, path, 'op');
  if (typeof step.ret !== 'number') fail(place, `${path}ret`, 'a number', step.ret);
  if (step.minflt !== undefined) checkCount(place, step, path, 'minflt');
}

function checkStep(place: Place, step: unknown, path: string): void {
  if (!isObject(step)) fail(place, path, 'an object', step);
  switch (step.t) {
    case 'op':
      checkOp(place, step, path);
      return;
    case 'dump':
      checkDump(place, step, path);
      return;
    case 'faults':
      checkFaults(place, step, path);
      return;
    case 'vmas':
      checkVmas(place, step, path);
      return;
    default:
      fail(place, `${path}t`, 'op, dump, faults or vmas', step.t);
  }
}

function checkStrings(place: Place, value: JsonObject, key: string): void {
  for (const [i, line] of checkArray(place, value, '', key).entries()) {
    if (typeof line !== 'string') fail(place, `${key}[${i}]`, 'a string', line);
  }
}

function checkRecording(place: Place, value: JsonObject): void {
  if (value.schema !== 1) fail(place, 'schema', '1', value.schema);
  for (const key of ['scenario', 'kernel', 'cpu', 'base']) checkString(place, value, '', key);
  if (value.arch !== 'amd64' && value.arch !== 'arm64')
    fail(place, 'arch', 'amd64 or arm64', value.arch);
  if (value.page_size !== 4096) fail(place, 'page_size', '4096', value.page_size);
  if (!isObject(value.config)) fail(place, 'config', 'an object', value.config);
  if (value.cpu_features !== undefined && !isObject(value.cpu_features)) {
    fail(place, 'cpu_features', 'an object', value.cpu_features);
  }
  if (value.probes !== undefined) checkStrings(place, value, 'probes');
  checkStrings(place, value, 'source');
  const steps = checkArray(place, value, '', 'steps');
  for (const [i, step] of steps.entries()) checkStep(place, step, `steps[${i}].`);
}

/**
 * Checks that a parsed line is the description of a boot or a recording.
 *
 * @throws PtelabInputError naming the field, what was expected and what was found.
 */
export function validateLine(
  value: unknown,
  source: string,
  line: number,
): Recording | RecordingInfo {
  const place = { source, line };
  if (!isObject(value)) fail(place, '', 'an object', value);
  if (value.t === 'info') {
    checkString(place, value, '', 'release');
    return value as unknown as RecordingInfo;
  }
  checkRecording(place, value);
  return value as unknown as Recording;
}
