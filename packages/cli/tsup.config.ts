import { nodeProgram } from '@ptelab/presets/tsup';

export default {
  ...nodeProgram,
  entry: { main: 'src/main.ts', 'check-worker': 'src/check/worker.ts' },
};
