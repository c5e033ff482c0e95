import { nodeProgram } from '@ptelab/presets/tsup';

export default {
  ...nodeProgram,
  // Of Chromium's driver only what is installed is of use.
  external: ['playwright-core'],
  entry: { main: 'src/main.ts', 'measure-child': 'src/measure-child.ts' },
};
