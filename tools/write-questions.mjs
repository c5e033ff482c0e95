// Writes docs/README.md, docs/questions/ and scenarios/questions/ from the questions of
// @ptelab/check. Build first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explain, QUESTIONS } from '../packages/check/dist/index.js';
import { renderExplanation, renderQuestions } from '../packages/report/dist/index.js';
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

for (const question of QUESTIONS) {
  const { id } = question;
  const text = renderExplanation(explain(question), markdown);
  writeFileSync(
    `${root}/docs/${fileOf(id)}`,
    page(text, `\`ptelab explain ${id}\` prints the same`),
  );
  for (const story of question.kind === 'model' ? question.stories : []) {
    const head =
      '# yaml-language-server: $schema=../../schema/scenario.schema.json\n' +
      `# Written by \`${COMMAND}\`; see docs/${fileOf(id)}.\n`;
    writeFileSync(`${root}/scenarios/questions/${story.name}.yaml`, head + formatScenario(story));
  }
}
