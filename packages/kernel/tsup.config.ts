import { nodeLibrary } from '@ptelab/presets/tsup';

export default { ...nodeLibrary, entry: ['src/index.ts', 'src/formats.ts'] };
