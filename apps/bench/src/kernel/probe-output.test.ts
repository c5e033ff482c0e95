import { expect, it } from 'vitest';
import { parseCycle, parseReady } from './probe-output.ts';

const READY =
  '{"pageBytes":4096,"pages":512,"folioBytes":65536,"pagesInShape":512,"hugeMappedKib":0,"softDirty":0}';

it('reads what the probe says', () => {
  expect(parseReady(READY)).toMatchObject({ pages: 512, pagesInShape: 512 });
  expect(parseCycle('{"readOnlyNs":7,"readWriteNs":9}')).toEqual({ readOnlyNs: 7, readWriteNs: 9 });
});

it('passes on what went wrong in the probe', () => {
  const line = '{"error":"mmap: Cannot allocate memory"}';
  expect(() => parseReady(line)).toThrow('the probe: mmap: Cannot allocate memory');
  expect(() => parseCycle(line)).toThrow('the probe: mmap: Cannot allocate memory');
});

it.each([
  ['', 'found ""'],
  [READY.slice(0, 30), 'expected its layout, found "{\\"pageBytes'],
  ['null', 'found "null"'],
  ['[]', 'found "[]"'],
  [READY.replace('4096', '"4096"'), '(pageBytes)'],
  [READY.replace('"pages":512', '"pages":-1'), '(pages)'],
  [READY.replace('"pagesInShape":512', '"pagesInShape":513'), '513 of 512 pages'],
  ['\u001b[31m'.repeat(100), '…'],
])('refuses %j as a layout', (line, message) => {
  expect(() => parseReady(line)).toThrow(message);
});

it.each([
  '{"readOnlyNs":7}',
  '{"readOnlyNs":0,"readWriteNs":9}',
  '{"readOnlyNs":1e400,"readWriteNs":9}',
])('refuses %j as times', (line) => {
  expect(() => parseCycle(line)).toThrow('expected times');
});
