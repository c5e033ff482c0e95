import { printable } from './reader.ts';

/** Objects whose frames lie between a program and the kernel. */
const LIBRARY = /^(?:libc[.-]|libpthread[.-]|ld-|ld\.|libc\.musl|\[vdso\]|\[vsyscall\])/;

/** Longest name of a frame; C++ names can be longer than that says anything. */
const MOST_LENGTH = 120;

/** What is shown of a frame: `libjvm.so(os::commit_memory+0x1f)`, or `libjvm.so[0x1234]`. */
export function frameName(text: string): string {
  const found = /^(\S+?)(\(.*\))?\s+\[(0x[0-9a-f]+)\]$/.exec(text);
  const [, path = text, symbol = '', address] = found ?? [];
  const object = path.split('/').at(-1) ?? path;
  const place =
    symbol === '' || symbol === '()' ? (address === undefined ? '' : `[${address}]`) : symbol;
  return printable(`${object}${place}`.slice(0, MOST_LENGTH));
}

/** True if the frame belongs to the C library or the loader. */
export function isLibraryFrame(name: string): boolean {
  return LIBRARY.test(name);
}
