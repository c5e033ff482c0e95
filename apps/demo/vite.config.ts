import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  base: './',
  resolve: { conditions: ['@ptelab/source', ...defaultClientConditions] },
  build: { outDir: 'dist/web', target: 'es2022', emptyOutDir: true },
});
