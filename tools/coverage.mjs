// Branch coverage of the parts that matter, pte and mprotect: every branch is taken by a test, or
// tools/coverage-gaps.json says why not. Writes docs/coverage.md. The tests of the packages just above count
// too: what is reached through an address space is reached.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['pte', 'mprotect'];
const TESTED_BY = ['pte', 'folio', 'mm', 'mprotect', 'scenario', 'check'];

const { status, stdout } = spawnSync(
  `${root}node_modules/.bin/vitest`,
  [
    'run',
    '--reporter=dot',
    '--coverage.enabled',
    '--coverage.provider=v8',
    '--coverage.reporter=json',
    `--coverage.include=packages/{${PACKAGES.join(',')}}/src/**/*.ts`,
    '--coverage.exclude=**/{index,*.fixture}.ts',
    ...TESTED_BY.flatMap((name) => ['--project', name]),
  ],
  { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 2 ** 26 },
);
if (status !== 0) {
  process.stderr.write(stdout);
  process.exit(status ?? 1);
}

/** Branches of a file that no test takes: the line, and what stands on it. */
function missed(path, { b: counts, branchMap }) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return Object.entries(counts).flatMap(([id, taken]) =>
    taken.flatMap((times, i) => {
      if (times > 0) return [];
      // An else that is not written has no place of its own.
      const line = branchMap[id].locations[i].start.line ?? branchMap[id].loc.start.line;
      return [{ line, code: (lines[line - 1] ?? '').trim() }];
    }),
  );
}

const coverage = JSON.parse(readFileSync(`${root}coverage/coverage-final.json`, 'utf8'));
const gaps = JSON.parse(readFileSync(`${root}tools/coverage-gaps.json`, 'utf8'));
const used = new Set();
const problems = [];
const sums = new Map(PACKAGES.map((name) => [name, { all: 0, taken: 0 }]));
for (const [path, file] of Object.entries(coverage)) {
  const name = path.slice(root.length).replaceAll('\\', '/');
  const sum = sums.get(name.split('/')[1]);
  const branches = Object.values(file.b).flat();
  sum.all += branches.length;
  sum.taken += branches.filter((times) => times > 0).length;
  for (const { line, code } of missed(path, file)) {
    const gap = gaps.find((each) => each.file === name && each.code === code);
    if (gap === undefined) problems.push(`${name}:${line}: expected a test that takes it: ${code}`);
    else used.add(gap);
  }
}
for (const gap of gaps) {
  if (!used.has(gap))
    problems.push(`${gap.file}: expected a gap, found that tests take it: ${gap.code}`);
}

const share = ({ all, taken }) => `${((100 * taken) / all).toFixed(1)} %`;
const rows = [...sums].map(
  ([name, sum]) => `| ${name} | ${sum.all} | ${sum.taken} | ${share(sum)} |`,
);
const reasons = gaps.map(
  ({ file, code, why }) =>
    `- \`${file.replace('packages/', '')}\`: \`${code.replaceAll('`', "'")}\`\n  ${why}`,
);
const page = `# Coverage

_Written by \`pnpm run coverage\`._

Branches of the two packages that everything rests on. Each is taken by a test, or its reason is below; a new gap, and one that is none any
more, fails the command. Recordings and stories are beyond this: it counts unit tests.

| package | branches | taken | share |
| --- | ---: | ---: | ---: |
${rows.join('\n')}

## Not taken

${reasons.join('\n')}
`;
writeFileSync(`${root}docs/coverage.md`, page);
for (const problem of problems) console.error(problem);
for (const row of rows) console.log(row);
console.log(`${gaps.length} gaps explained, ${problems.length} not`);
process.exitCode = problems.length === 0 ? 0 : 1;
