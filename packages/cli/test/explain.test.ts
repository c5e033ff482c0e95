import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { QUESTIONS, type Explanation } from '@ptelab/check';
import { formatScenario } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { file, ptelab, ROOT } from './ptelab.fixture.ts';

/** Questions that are answered by a search too: that takes some seconds each. */
const SEARCHED = ['Q1', 'Q2', 'Q6', 'Q7', 'Q19', 'Q20'];
const REWRITE = 'pnpm run docs:questions';

const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
const pageOf = (id: string): string => `docs/questions/q${id.slice(1).padStart(2, '0')}.md`;

describe('explain', () => {
  it('lists all questions and why a model can’t answer some', async () => {
    const { code, stdout, stderr } = await ptelab(['explain']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { id, title } of QUESTIONS) expect(stdout).toContain(`${id}  ${title}`);
    expect(stdout).toContain('Q25: names have no behaviour\n');
    const listed = JSON.parse((await ptelab(['explain', '--json'])).stdout) as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual(QUESTIONS.map(({ id }) => id));
  });

  it('takes questions in any order and spelling', async () => {
    const { code, stdout } = await ptelab(['explain', '12', 'q4', '--json']);
    expect(code).toBe(0);
    const explained = JSON.parse(stdout) as Explanation[];
    expect(explained.map(({ id }) => id)).toEqual(['Q4', 'Q12']);
    expect(explained[0]!.figures[0]!.rows.length).toBeGreaterThan(0);
  });

  it('refuses what is no question', async () => {
    const { code, stdout, stderr } = await ptelab(['explain', 'Q26']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ptelab: question: expected Q1, .*, all, found "Q26".*\n$/);
  });
});

describe(`what the repository holds is what the code says (${REWRITE})`, () => {
  it('pages of questions', { timeout: 60_000 }, async () => {
    const ids = QUESTIONS.map(({ id }) => id).filter((id) => !SEARCHED.includes(id));
    const { code, stdout } = await ptelab(['explain', ...ids, '--markdown']);
    expect(code).toBe(0);
    const pages = stdout.split(/^(?=## )/m);
    expect(pages).toHaveLength(ids.length);
    for (const [i, id] of ids.entries()) {
      const [heading = '', ...rest] = pages[i]!.trimEnd().split('\n');
      const page = read(pageOf(id));
      expect(page.startsWith(`${heading.slice(1)}\n\n_Written by \`${REWRITE}\` `)).toBe(true);
      expect(page).toContain(`._\n${rest.join('\n')}\n`);
    }
    const written = readdirSync(`${ROOT}/docs/questions`).filter((name) => name.endsWith('.md'));
    expect(written).toHaveLength(QUESTIONS.length);
  });

  it('pictures in pages of questions', { timeout: 60_000 }, async () => {
    const files = readdirSync(`${ROOT}/docs/questions`).filter((name) => name.endsWith('.svg'));
    const machines = new Set(files.map((name) => name.replace(/^q\d+-|\.svg$/g, '')));
    const folder = dirname(file('any', ''));
    const list = [...machines].join(',');
    const args = ['cost', '--break-even', '--json', '--machine', list, '--svg', folder];
    const { code, stderr } = await ptelab(args);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `ptelab: ${files.length} plots written to ${folder}\n`,
    });
    for (const name of files) {
      expect(readFileSync(`${folder}/${name}`, 'utf8')).toBe(read(`docs/questions/${name}`));
      const [id = ''] = name.split('-');
      expect(read(pageOf(id.toUpperCase()))).toContain(`](${name})\n`);
    }
  });

  it('titles of all questions', () => {
    for (const { id, title } of QUESTIONS) {
      expect(read(pageOf(id)).split('\n')[0]).toBe(`# ${id}: ${title}`);
      expect(read('docs/README.md')).toContain(`| [${id}](${pageOf(id).slice(5)}) | ${title} |`);
    }
  });

  it('stories', async () => {
    const stories = QUESTIONS.flatMap((question) =>
      question.kind === 'model' ? question.stories : [],
    );
    const files = [...new Set(stories.map(({ name }) => `${name}.yaml`))].sort();
    expect(readdirSync(`${ROOT}/scenarios/questions`).sort()).toEqual(files);
    for (const story of stories) {
      const text = read(`scenarios/questions/${story.name}.yaml`);
      expect(text.replaceAll(/^#.*\n/gm, '')).toBe(formatScenario(story));
    }
    const paths = files.map((name) => `scenarios/questions/${name}`);
    const { code, stderr } = await ptelab(['run', ...paths, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
