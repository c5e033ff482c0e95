import { nodeProject } from '@ptelab/presets/vitest';

export default nodeProject('cost');
