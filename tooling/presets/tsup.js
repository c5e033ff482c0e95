const shared = {
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  treeshake: true,
  // Inlines numeric constants: a bit mask as an operand instead of a load from a module variable.
  minifySyntax: true,
};

// tsup 8.5.1 injects baseUrl, which TypeScript 6 rejects unless told otherwise.
const dts = { compilerOptions: { ignoreDeprecations: '6.0' } };

/**
 * A library that runs in Node and in a browser.
 * @type {import('tsup').Options}
 */
export const library = { ...shared, entry: ['src/index.ts'], platform: 'neutral', dts };

/**
 * A library that needs Node.
 * @type {import('tsup').Options}
 */
export const nodeLibrary = { ...shared, entry: ['src/index.ts'], platform: 'node', dts };

/**
 * An executable for Node; the first line is added here, so src/main.ts has none.
 * @type {import('tsup').Options}
 */
export const nodeProgram = {
  ...shared,
  entry: ['src/main.ts'],
  platform: 'node',
  banner: { js: '#!/usr/bin/env node' },
};
