// Writes docs/README.md, docs/questions/ and scenarios/questions/ from the questions of
// @ptelab/check. Build first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explain, QUESTIONS } from '../packages/check/dist/index.js';
import { breakEven, COST_MACHINES } from '../packages/cost/dist/index.js';
import {
  breakEvenPlots,
  renderExplanation,
  renderQuestions,
} from '../packages/report/dist/index.js';
import { formatScenario } from '../packages/scenario/dist/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = 'pnpm run docs:questions';
const markdown = { format: 'markdown' };

for (const folder of ['docs/questions', 'scenarios/questions']) {
  rmSync(`${root}/${folder}`, { recursive: true, force: true });
  mkdirSync(`${root}/${folder}`, { recursive: true });
}

/** The heading of the text, then where the page comes from, then the rest. */
function page(text, hint) {
  const [heading, ...rest] = text.split('\n');
  const note = `_Written by \`${COMMAND}\` from runs of the model; ${hint}._`;
  return [heading.slice(1), '', note, ...rest].join('\n');
}

const fileOf = (id) => `questions/q${id.slice(1).padStart(2, '0')}.md`;

const list = renderQuestions(QUESTIONS, markdown).replaceAll(
  /^\| (Q\d+) /gm,
  (_, id) => `| [${id}](${fileOf(id)}) `,
);
writeFileSync(`${root}/docs/README.md`, page(list, '`ptelab explain` prints the same'));

/** Machines whose prices follow from measurements: those of the others show nothing that was seen. */
const machines = COST_MACHINES.filter(({ parameters }) =>
  Object.values(parameters).some(({ kind }) => kind === 'fitted'),
);
const plots = machines.flatMap((machine) => breakEvenPlots(breakEven(machine)));

/** The part of a page that shows the answer in time; the pictures stand beside the page. */
function inTime(id) {
  const own = plots.filter(({ question }) => question === id);
  if (own.length === 0) return '';
  const images = own.map(({ machine, title, svg }) => {
    const name = `${id.toLowerCase()}-${machine}.svg`;
    writeFileSync(`${root}/docs/questions/${name}`, svg);
    return `![${title}](${name})`;
  });
  const command = '```sh\nptelab cost --break-even --svg .\n```';
  return `\n### In time\n\nAs the prices of machines have it that are fitted to measurements:\n\n${command}\n\n${images.join('\n\n')}\n`;
}

for (const question of QUESTIONS) {
  const { id } = question;
  const text = renderExplanation(explain(question), markdown);
  const time = inTime(id);
  const hint = `\`ptelab explain ${id}\` prints the same${time === '' ? '' : ', without the pictures'}`;
  writeFileSync(`${root}/docs/${fileOf(id)}`, page(text, hint) + time);
  for (const story of question.kind === 'model' ? question.stories : []) {
    const head =
      '# yaml-language-server: $schema=../../schema/scenario.schema.json\n' +
      `# Written by \`${COMMAND}\`; see docs/${fileOf(id)}.\n`;
    writeFileSync(`${root}/scenarios/questions/${story.name}.yaml`, head + formatScenario(story));
  }
}
