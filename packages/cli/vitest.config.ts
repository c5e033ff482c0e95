import { nodeProject } from '@ptelab/presets/vitest';

const project = nodeProject('cli');

// Every test starts the program; a busy machine needs longer than the usual five seconds.
export default { ...project, test: { ...project.test, testTimeout: 60_000 } };
