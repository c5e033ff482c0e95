import { arm64, KERNEL_RELEASES, parseRawHex, rawHex, x86_64, type Arch } from '@ptelab/pte';
import { renderDecode, type DecodedEntry } from '@ptelab/report';
import { ARCH_NAMES } from '@ptelab/scenario';
import { CliError } from '../cli-error.ts';
import { encodeEntry } from '../encode.ts';
import { EXIT } from '../exit-codes.ts';
import { oneChoice } from '../options/choices.ts';
import type { OutputFlags } from '../options/output-flags.ts';
import { write, writeJsonLine } from '../output.ts';
import { readInput } from '../read-input.ts';
import { renderOptions } from '../style.ts';

/** Flags of `ptelab decode`. */
export interface DecodeFlags extends OutputFlags {
  readonly arch: string;
  readonly kernel: string;
  readonly encode?: string;
}

function decode(arch: Arch, text: string): DecodedEntry {
  let pte;
  try {
    pte = parseRawHex(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError('bad-hex', error.message);
  }
  return { raw: rawHex(pte), machine: `${arch.name} ${arch.kernel}`, fields: arch.decode(pte) };
}

/** The entry as JSON: values that may have 64 bits are text. */
function toJson(arch: Arch, { raw, fields }: DecodedEntry): object {
  return {
    raw,
    arch: arch.name,
    kernel: arch.kernel,
    fields: fields.map(({ msb, lsb, name, value, note }) => {
      return { msb, lsb, name, value: `0x${value.toString(16)}`, note };
    }),
  };
}

/** Words of the command line; `-` stands for the words on standard input. */
async function allWords(words: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    words.map(async (word) => {
      if (word !== '-') return [word];
      return (await readInput('-')).split(/\s+/).filter((text) => text !== '');
    }),
  );
  return lists.flat();
}

/** `ptelab decode`: explains raw entries, and builds them. */
export async function decodeVerb(words: readonly string[], flags: DecodeFlags): Promise<number> {
  const name = oneChoice('--arch', flags.arch, ARCH_NAMES);
  const kernel = oneChoice('--kernel', flags.kernel, KERNEL_RELEASES);
  const arch = name === 'arm64' ? arm64({ kernel }) : x86_64({ kernel });
  const built = flags.encode === undefined ? [] : [encodeEntry(arch, flags.encode)];
  const entries = [...built, ...(await allWords(words))].map((text) => decode(arch, text));
  if (entries.length === 0) {
    throw new CliError(
      'no-input',
      'expected raw entries in hexadecimal or --encode, found neither',
    );
  }
  if (flags.json) await writeJsonLine(entries.map((entry) => toJson(arch, entry)));
  else {
    const options = renderOptions(flags);
    await write(entries.map((entry) => renderDecode(entry, options)).join('\n'));
  }
  return EXIT.held;
}
