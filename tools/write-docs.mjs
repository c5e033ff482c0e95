// Writes the pages and pictures of docs/ that follow from the code: the verbs, the package graph, the
// conformance table. With --check it writes nothing and fails if one of the first two is out of date.
// Build first.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { layers } from '@ptelab/presets/layers';

const root = fileURLToPath(new URL('..', import.meta.url));
const NOTE = '_Written by `pnpm run docs:generate`._';

/** Runs the command line that was built, and returns what it prints. */
function ptelab(...args) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } };
  return execFileSync(process.execPath, ['packages/cli/dist/main.js', ...args], options);
}

/** A page with what each verb says of itself. */
function verbsPage() {
  const help = ptelab('--help');
  const list = help.slice(help.indexOf('Commands:'), help.indexOf('  help [verb]'));
  const verbs = [...list.matchAll(/^ {2}(\w+) /gm)].map(([, verb]) => verb);
  const sections = verbs.map((verb) => {
    const text = ptelab(verb, '--help').trimEnd();
    return `## ptelab ${verb}\n\n\`\`\`text\n${text}\n\`\`\`\n`;
  });
  const exits = help.slice(help.indexOf('Exit codes:')).replaceAll('\n', ' ').trim();
  return `# Every verb\n\n${NOTE}\n\n${exits}\n\n${sections.join('\n')}`;
}

const BOX = { width: 108, height: 34, gap: 14 };
const FLOOR = 62;

function manifestOf({ path }) {
  return JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8'));
}

/** A picture of the packages: a row for each floor, a line for each dependency between neighbours. */
function packagesPicture() {
  const tags = [...new Set(layers.map(({ tag }) => tag))];
  const rows = tags.map((tag) => layers.filter((layer) => layer.tag === tag)).toReversed();
  const most = Math.max(...rows.map((row) => row.length));
  const width = most * (BOX.width + BOX.gap) + BOX.gap + 40;
  const places = new Map();
  for (const [y, row] of rows.entries()) {
    const used = row.length * (BOX.width + BOX.gap) - BOX.gap;
    for (const [x, { name }] of row.entries()) {
      places.set(name, { x: (width - used) / 2 + x * (BOX.width + BOX.gap), y: 10 + y * FLOOR });
    }
  }
  const lines = layers.flatMap((layer) => {
    const from = places.get(layer.name);
    return Object.keys(manifestOf(layer).dependencies ?? {}).flatMap((name) => {
      const to = places.get(name);
      // Lines over more than one floor would cross boxes; each package may use all floors below it.
      if (to === undefined || to.y - from.y !== FLOOR) return [];
      const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height];
      return [`<line x1="${x1}" y1="${y1}" x2="${to.x + BOX.width / 2}" y2="${to.y}"/>`];
    });
  });
  const boxes = [...places].map(
    ([name, { x, y }]) =>
      `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/>` +
      `<text x="${x + BOX.width / 2}" y="${y + 22}">${name.replace('@ptelab/', '')}</text>`,
  );
  const height = rows.length * FLOOR - (FLOOR - BOX.height) + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>The packages, floor by floor; each uses only what is below it</title>',
    `<rect width="${width}" height="${height}" fill="#fdfdfc"/>`,
    `<g stroke="#6b747d">${lines.join('')}</g>`,
    `<g fill="#ffffff" stroke="#0b5cad" font-family="system-ui, sans-serif" font-size="14" text-anchor="middle">${boxes
      .join('')
      .replaceAll('<text', '<text fill="#1c2126" stroke="none"')}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** A table of what a comparison with every recording came to. */
function conformancePage() {
  const files = readdirSync(`${root}recordings`)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .map((name) => `recordings/${name}`)
    .sort();
  const parts = ['step', 'story'].map((mode) => {
    const lines = ptelab('conform', ...files, '--mode', mode, '--json')
      .trim()
      .split('\n');
    const rows = lines.map((line) => {
      const { file, ...sum } = JSON.parse(line);
      const of = file ?? { ...sum, file: `**all ${sum.files}**` };
      const cells = [of.file, of.recordings, of.steps, of.ptes, of.mismatches, of.unsupported];
      return `| ${cells.join(' | ')} |`;
    });
    const title = mode === 'step' ? 'Step by step' : 'Whole stories';
    const head = '| file | recordings | steps | entries | mismatches | unsupported |';
    return `## ${title}\n\n${head}\n| --- | ---: | ---: | ---: | ---: | ---: |\n${rows.join('\n')}\n`;
  });
  const intro =
    'Every recording of a real kernel, replayed and compared: see [how we know](./how-we-know.md).';
  return `# Conformance\n\n${NOTE}\n\n${intro}\n\n${parts.join('\n')}`;
}

const check = process.argv.includes('--check');
const pages = [
  ['docs/verbs.md', verbsPage],
  ['docs/images/packages.svg', packagesPicture],
  ...(check ? [] : [['docs/conformance.md', conformancePage]]),
];
mkdirSync(`${root}docs/images`, { recursive: true });
let stale = false;
for (const [path, make] of pages) {
  const text = make();
  if (!check) writeFileSync(`${root}${path}`, text);
  else if (readFileSync(`${root}${path}`, 'utf8') !== text) {
    stale = true;
    console.error(
      `${path}: expected what the code says, found something else: run pnpm run docs:generate`,
    );
  }
}
process.exitCode = stale ? 1 : 0;
