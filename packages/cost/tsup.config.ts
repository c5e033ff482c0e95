export { library as default } from '@ptelab/presets/tsup';
