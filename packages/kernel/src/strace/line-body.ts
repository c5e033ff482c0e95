/** What a line is, by its form alone. */
export type LineBody =
  /** A call from its name on, whole or only its first part. */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly text: string;
      readonly whole: boolean;
      /** A message of strace came in between: the next line goes on with the call, without pid and time. */
      readonly interrupted: boolean;
    }
  /** The last part of a call. */
  | { readonly kind: 'resumed'; readonly name: string; readonly text: string }
  | { readonly kind: 'superseded'; readonly by: number }
  | { readonly kind: 'frame'; readonly frame: string }
  | { readonly kind: 'exit' | 'signal' | 'notice' | 'unparsable' };

const CALL = /^([a-z_][a-z0-9_]{0,63}|\?{4})\(/i;
const RESUMED = /^<\.\.\. ([a-z_][a-z0-9_]{0,63}|\?{4}) resumed>\s?/i;
const UNFINISHED = /\s*<unfinished \.\.\.>$/;
/** The end of a call that was cut off while its process ended. */
const ENDED = /\s*<unfinished \.\.\.>\)\s+= \?$/;
/** Without `-o`, messages come in the middle of a line: a call that makes a process is cut in two. */
const MESSAGE = /(?:strace: )?Process \d+ (?:attached|detached|suspended|resumed)\b.*$/;
const SUPERSEDED = /^\+\+\+ superseded by execve in pid (\d{1,7}) \+\+\+$/;

/** True if a line ends before the call that it tells. */
export function isUnfinished(text: string): boolean {
  return UNFINISHED.test(text);
}

/** The part of a call that such a line tells. */
export function withoutUnfinished(text: string): string {
  return text.replace(UNFINISHED, '');
}

function callBody(text: string, name: string): LineBody {
  const message = MESSAGE.exec(text);
  if (message !== null && !text.slice(message.index).includes(' = ')) {
    return {
      kind: 'call',
      name,
      text: text.slice(0, message.index),
      whole: false,
      interrupted: true,
    };
  }
  if (ENDED.test(text))
    return {
      kind: 'call',
      name,
      text: text.replace(ENDED, ') = ?'),
      whole: true,
      interrupted: false,
    };
  const whole = !isUnfinished(text);
  return { kind: 'call', name, text: withoutUnfinished(text), whole, interrupted: false };
}

/** Tells what a line is, from after its pid and time on. */
export function lineBody(line: string): LineBody {
  const text = line.trimEnd();
  const call = CALL.exec(text)?.[1];
  if (call !== undefined) return callBody(text, call);
  const resumed = RESUMED.exec(text);
  if (resumed?.[1] !== undefined) {
    const rest = text.slice(resumed[0].length);
    return { kind: 'resumed', name: resumed[1], text: rest.replace(ENDED, ') = ?') };
  }
  const by = SUPERSEDED.exec(text)?.[1];
  if (by !== undefined) return { kind: 'superseded', by: Number(by) };
  if (/^\+\+\+ (?:exited with|killed by) .*\+\+\+$/.test(text)) return { kind: 'exit' };
  if (/^--- .* ---$/.test(text)) return { kind: 'signal' };
  const frame = /^\s*> (\S.*)$/.exec(text)?.[1];
  if (frame !== undefined) return { kind: 'frame', frame };
  const bare = text.trim();
  if (bare === '' || bare === '<unfinished ...>' || bare.startsWith('strace: '))
    return { kind: 'notice' };
  return { kind: MESSAGE.exec(bare)?.index === 0 ? 'notice' : 'unparsable' };
}
