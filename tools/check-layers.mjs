// Checks that turbo.json, the packages' tags and their dependencies agree with the table of floors.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { boundaryTags, layers } from '@ptelab/presets/layers';

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const problems = [];

if (!isDeepStrictEqual(json('turbo.json').boundaries.tags, boundaryTags)) {
  problems.push(
    `turbo.json: boundaries.tags differ from tooling/presets/layers.js; expected\n${JSON.stringify(boundaryTags, null, 2)}`,
  );
}

for (const folder of ['packages', 'apps']) {
  for (const dir of readdirSync(folder)) {
    const path = `${folder}/${dir}`;
    if (!existsSync(`${path}/package.json`)) continue;
    const layer = layers.find((entry) => entry.path === path);
    if (!layer) {
      problems.push(`${path}: not in tooling/presets/layers.js`);
      continue;
    }
    const manifest = json(`${path}/package.json`);
    if (manifest.name !== layer.name) {
      problems.push(`${path}/package.json: name is ${manifest.name}, expected ${layer.name}`);
    }
    if (!isDeepStrictEqual(json(`${path}/turbo.json`).tags, [layer.tag])) {
      problems.push(`${path}/turbo.json: tags must be ["${layer.tag}"]`);
    }
    for (const group of ['dependencies', 'devDependencies', 'peerDependencies']) {
      for (const name of Object.keys(manifest[group] ?? {})) {
        if (layers.some((entry) => entry.name === name) && !layer.allow.includes(name)) {
          problems.push(
            `${path}/package.json: ${group} has ${name}, which is not on a floor below`,
          );
        }
      }
    }
  }
}

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
} else {
  console.log('layers: turbo.json, tags and dependencies agree with the table of floors');
}
