export { nodeLibrary as default } from '@ptelab/presets/tsup';
