import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, it } from 'vitest';
import { allowFolios } from './thp-setting.ts';

let folder = '';

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with the settings that sysfs would have. */
function settings(all: string | null, size64: string | null): string {
  folder = mkdtempSync(join(tmpdir(), 'ptelab-thp-'));
  if (all !== null) writeFileSync(join(folder, 'enabled'), all);
  if (size64 !== null) {
    mkdirSync(join(folder, 'hugepages-64kB'));
    writeFileSync(join(folder, 'hugepages-64kB/enabled'), size64);
  }
  return folder;
}

function setting(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

const NEVER = 'always inherit madvise [never]\n';

it.each([
  ['always [madvise] never\n', NEVER, 'never'],
  ['always madvise [never]\n', 'always [inherit] madvise never\n', 'inherit'],
])('allows folios where %j and %j do not, and puts that back', (all, size, before) => {
  const changed = allowFolios(64, settings(all, size));
  expect(setting('hugepages-64kB/enabled')).toBe('madvise');
  expect(setting('enabled')).toBe(all);
  expect(process.listenerCount('SIGINT')).toBe(1);
  changed.restore();
  expect(setting('hugepages-64kB/enabled')).toBe(before);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

it.each([
  ['always madvise [never]\n', '[always] inherit madvise never\n'],
  ['always madvise [never]\n', 'always inherit [madvise] never\n'],
  ['[always] madvise never\n', 'always [inherit] madvise never\n'],
])('changes nothing where %j and %j allow them', (all, size) => {
  allowFolios(64, settings(all, size)).restore();
  expect(setting('enabled')).toBe(all);
  expect(setting('hugepages-64kB/enabled')).toBe(size);
});

it('has one setting for huge pages before 6.8', () => {
  const changed = allowFolios(2048, settings('always madvise [never]\n', null));
  expect(setting('enabled')).toBe('madvise');
  changed.restore();
  expect(setting('enabled')).toBe('never');
});

it('says what the kernel lacks', () => {
  expect(() => allowFolios(64, settings(null, null))).toThrow('no transparent huge pages');
  const before68 = settings('[always] madvise never\n', null);
  expect(() => allowFolios(64, before68)).toThrow('no folios of 64 kB');
});
