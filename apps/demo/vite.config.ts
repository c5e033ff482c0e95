import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src data: blob:";

/** Lets the browser refuse every request that leaves the page. Not in development: that needs them. */
const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

export default defineConfig({
  base: './',
  plugins: [contentPolicy],
  resolve: { conditions: ['@ptelab/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: { outDir: 'dist/web', target: 'es2022', emptyOutDir: true },
});
