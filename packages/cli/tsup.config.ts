export { nodeProgram as default } from '@ptelab/presets/tsup';
