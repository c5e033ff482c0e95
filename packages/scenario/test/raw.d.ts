/** Text files of the tests, read by the bundler. */
declare module '*.txt?raw' {
  const text: string;
  export default text;
}
