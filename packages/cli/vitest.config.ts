import { nodeProject } from '@ptelab/presets/vitest';

const project = nodeProject('cli');

/** Most tests wait for the program, whose processes run one after another: a second file fills the gaps. */
export default { ...project, test: { ...project.test, maxWorkers: 2 } };
