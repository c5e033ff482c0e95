import process from 'node:process';

/**
 * Where workspace packages are read from: src through the source condition, or what was built of them
 * where the build is known to be fresh, because that runs faster. A package's own tests read its own src
 * either way.
 */
const source = process.env.PTELAB_TEST_BUILT === '1' ? [] : ['@ptelab/source'];

/**
 * A node test project.
 * @param {string} name
 * @returns {import('vitest/config').UserWorkspaceConfig}
 */
export function nodeProject(name) {
  return {
    resolve: { conditions: source },
    ssr: { resolve: { conditions: [...source, 'module', 'node', 'development|production'] } },
    test: {
      name,
      environment: 'node',
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // Modules hold no state that a test could leave behind, and loading them anew for every file costs
      // several times what the tests do.
      isolate: false,
      // Against hanging only: how fast a test runs is never what it tests.
      testTimeout: 180_000,
    },
  };
}
