import { nodeProgram } from '@ptelab/presets/tsup';

export default {
  ...nodeProgram,
  entry: { main: 'src/main.ts', 'measure-child': 'src/measure-child.ts' },
};
