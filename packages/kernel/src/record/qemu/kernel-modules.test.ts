import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectModules, moduleDependencies } from './kernel-modules.ts';

let folder = '';

function moduleNeeding(depends: string): Buffer {
  return Buffer.from(`\x7fELF license=GPL\0depends=${depends}\0name=x\0`, 'latin1');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptelab-modules-'));
  await mkdir(join(folder, 'fs'));
  await writeFile(join(folder, 'fs/ext4.ko'), moduleNeeding('jbd2,mbcache'));
  await writeFile(join(folder, 'fs/jbd2.ko'), moduleNeeding('crc-base'));
  await writeFile(join(folder, 'crc-base.ko'), moduleNeeding(''));
  await writeFile(join(folder, 'a.ko'), moduleNeeding('b'));
  await writeFile(join(folder, 'b.ko'), moduleNeeding('a'));
  await writeFile(join(folder, 'README'), '');
});

afterAll(() => rm(folder, { recursive: true }));

it('finds modules by name, those that are needed first, built-in ones not at all', async () => {
  const modules = await collectModules(folder, ['virtio_blk', 'ext4', 'jbd2']);
  expect(modules.map(({ name }) => name)).toEqual(['crc_base', 'jbd2', 'ext4']);
});

it('ends where modules need each other', async () => {
  const modules = await collectModules(folder, ['a']);
  expect(modules.map(({ name }) => name)).toEqual(['b', 'a']);
});

it('says where there are no modules', async () => {
  const empty = join(folder, 'fs', 'none');
  await mkdir(empty);
  await expect(collectModules(empty, ['a'])).rejects.toThrow(
    `${empty}: expected modules *.ko or *.ko.xz, found none`,
  );
});

it.each([
  ['depends=', []],
  ['', []],
  ['\0depends=a,b-c', ['a', 'b_c']],
  ['\0depends=a\0', ['a']],
])('reads dependencies of %j', (text, names) => {
  expect(moduleDependencies(Buffer.from(text, 'latin1'))).toEqual(names);
});
