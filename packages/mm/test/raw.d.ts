/** Text files of the tests, read by the bundler. */
declare module '*.md?raw' {
  const text: string;
  export default text;
}

interface ImportMeta {
  /** Files that match a pattern, read by the bundler. */
  glob<T>(
    pattern: string,
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Record<string, T>;
}
