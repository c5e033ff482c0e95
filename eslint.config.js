import js from '@eslint/js';
import { layers, universalEntries } from '@ptelab/presets/layers';
import { defineConfig, globalIgnores } from 'eslint/config';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

const sources = ['{packages,apps}/*/{src,test}/**/*.{ts,tsx}'];
const tests = ['**/*.test.{ts,tsx}', '{packages,apps}/*/test/**/*.{ts,tsx}'];

/** Files that turn raw words into BigInt and back. */
const edges = ['packages/pte/src/**/{raw,decode}.ts'];

const erasable = [
  { selector: 'TSEnumDeclaration', message: 'Use a const object and a union.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'Use a module.' },
];
const bigInt = 'BigInt is for the edges (raw.ts, printing); use words and page numbers here.';
const noBigInt = [
  { selector: 'Literal[bigint]', message: bigInt },
  { selector: 'CallExpression[callee.name="BigInt"]', message: bigInt },
  { selector: 'MemberExpression[object.name="BigInt"]', message: bigInt },
  { selector: 'NewExpression[callee.name=/^Big(Uint|Int)64Array$/]', message: bigInt },
];

/** Refuses imports that go up or sideways, and node: modules where a browser must do. */
function importRule({ name, allow, universal }) {
  const others = layers.filter((layer) => !allow.includes(layer.name));
  const operatingSystem = layers.filter((layer) => !layer.universal && allow.includes(layer.name));
  const among = (list) => `^(${list.map((layer) => layer.name).join('|')})(/|$)`;
  const patterns = [
    {
      regex: among(others),
      message: `${name} may import only from floors below it (tooling/presets/layers.js).`,
    },
  ];
  if (universal) {
    const message = `${name} also runs in a browser`;
    patterns.push({ regex: '^node:', message: `${message}: no node: modules.` });
    if (operatingSystem.length > 0) {
      patterns.push({
        regex: `^(?!(?:${universalEntries.join('|')})$)${among(operatingSystem).slice(1)}`,
        allowTypeImports: true,
        message: `${message}: only types of a package that needs Node.`,
      });
    }
  }
  return ['error', { patterns }];
}

export default defineConfig(
  globalIgnores(['**/dist/', '**/.turbo/', 'site/', 'coverage/', 'recordings/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: sources,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { tsdoc },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'tsdoc/syntax': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-syntax': ['error', ...erasable],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['packages/{pte,folio,mm,mprotect}/src/**/*.ts'],
    ignores: [...edges, ...tests],
    rules: { 'no-restricted-syntax': ['error', ...erasable, ...noBigInt] },
  },
  ...layers.map((layer) => ({
    files: [`${layer.path}/src/**/*.{ts,tsx}`],
    rules: { '@typescript-eslint/no-restricted-imports': importRule(layer) },
  })),
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.{mjs,cjs}', '*.js', 'tooling/**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['tools/rehearse/*.mjs'],
    languageOptions: { globals: { fetch: 'readonly', performance: 'readonly' } },
  },
  {
    files: ['examples/browser/*.mjs'],
    languageOptions: { globals: { document: 'readonly' } },
  },
  {
    files: ['**/*.config.ts'],
    extends: [tseslint.configs.base],
    rules: { 'no-undef': 'off' },
  },
);
