const source = '@ptelab/source';

/**
 * A node test project that reads workspace packages from src through the source condition.
 * @param {string} name
 * @returns {import('vitest/config').UserWorkspaceConfig}
 */
export function nodeProject(name) {
  return {
    resolve: { conditions: [source] },
    ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
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
