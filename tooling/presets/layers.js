/**
 * The floors of the house, lowest first. A package imports only from floors below its own; packages
 * on one floor do not import each other. ESLint and tools/check-layers.mjs read this table, and the
 * boundaries in turbo.json must agree with it.
 * @type {readonly (readonly string[])[]}
 */
export const floors = [
  ['pte'],
  ['folio'],
  ['mm'],
  ['mprotect'],
  ['scenario'],
  ['check', 'cost', 'kernel'],
  ['report'],
  ['cli'],
  ['bench', 'demo'],
];

/** Folders that may touch the operating system; all others also run in a browser. */
export const nodeOnly = ['kernel', 'cli', 'bench'];

/** Entry points of those that need nothing of it; a test of the package holds them to it. */
export const universalEntries = ['@ptelab/kernel/formats'];

/** Folders under apps/; every other folder is under packages/. */
export const apps = ['bench', 'demo'];

/** Published names that differ from @ptelab/<folder>. */
const names = { cli: 'ptelab', bench: 'bench', demo: 'demo' };

/** @param {string} dir */
export const nameOf = (dir) => names[dir] ?? `@ptelab/${dir}`;

/** @param {string} dir */
export const pathOf = (dir) => `${apps.includes(dir) ? 'apps' : 'packages'}/${dir}`;

/** Every folder with its tag and the package names it may import, lowest floor first. */
export const layers = floors.flatMap((dirs, index) =>
  dirs.map((dir) => ({
    dir,
    path: pathOf(dir),
    name: nameOf(dir),
    tag: tagOf(index),
    allow: floors.slice(0, index).flat().map(nameOf),
    universal: !nodeOnly.includes(dir),
  })),
);

/** @param {number} index */
export function tagOf(index) {
  return `floor-${index + 1}`;
}

/** What turbo.json must say under boundaries.tags. */
export const boundaryTags = Object.fromEntries([
  ...floors.map((_, index) => [
    tagOf(index),
    { dependencies: { allow: [...floors.slice(0, index).map((_, i) => tagOf(i)), 'tooling'] } },
  ]),
  ['tooling', { dependencies: { allow: ['tooling'] } }],
]);
