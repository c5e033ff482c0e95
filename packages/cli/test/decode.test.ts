import { expect, it } from 'vitest';
import { ptelab } from './ptelab.fixture.ts';

it.each([
  ['arm64', 'pfn=0x12340,prot=rw,write,dirty,young', '0x00e8000012340f43'],
  ['arm64', 'pfn=0x12340,prot=rw,write,dirty,young,cont', '0x00f8000012340f43'],
  ['x86-64', 'pfn=0x12340,prot=r,young', '0x8000000012340025'],
])('%s %s is %s, and is explained', async (arch, words, raw) => {
  const { code, stdout } = await ptelab(['decode', '--arch', arch, '--encode', words]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${raw} on ${arch} 7.3\n`);
  expect(stdout).toContain('pfn 0x12340\n');
});

it('reads standard input', async () => {
  const { code, stdout } = await ptelab(['decode', '-', '--json'], { input: '0x0\n00f8\n' });
  expect(code).toBe(0);
  const entries = JSON.parse(stdout) as { raw: string; fields: object[] }[];
  expect(entries.map((entry) => entry.raw)).toEqual(['0x0000000000000000', '0x00000000000000f8']);
  expect(entries[0]!.fields).toEqual([]);
});

it('gives fields as JSON', async () => {
  const { stdout } = await ptelab(['decode', '0x8000000012340867', '--arch', 'x86-64', '--json']);
  const [entry] = JSON.parse(stdout) as { fields: { name: string }[] }[];
  expect(entry).toMatchObject({ raw: '0x8000000012340867', arch: 'x86-64', kernel: '7.3' });
  expect(entry!.fields.find((field) => field.name === 'PFN')).toEqual({
    msb: 51,
    lsb: 12,
    name: 'PFN',
    value: '0x12340',
    note: 'pfn 0x12340',
  });
});
