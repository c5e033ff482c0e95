/** What stands in front of a line. */
export interface LinePrefix {
  /** Null if the line does not say. */
  readonly pid: number | null;
  /** Where the rest of the line begins. */
  readonly end: number;
}

/** PID_MAX_LIMIT of 64-bit kernels: a larger number without a dot is a time in seconds. */
const MOST_PID = 2 ** 22;

const BRACKETED = /^\[pid\s+(\d{1,10})\]\s*/;
const LEADING = /^(\d{1,10})\s+(?=\S)/;
/** `-t`, `-tt` (12:34:56.789012), `-ttt` (1795393923.154462), `-r` and `-ttt -r` ((+     0.000027)). */
const TIME =
  /^\s*(?:(?:\d{1,2}:\d{2}:\d{2}(?:\.\d+)?|\d{1,12}\.\d+|\d{8,12})(?=\s)\s+)?(?:\(\+\s*\d+\.\d+\)\s+)?/;

/** Reads pid and time in front of a line, in any of the forms that strace writes. */
export function linePrefix(text: string): LinePrefix {
  const found = BRACKETED.exec(text) ?? LEADING.exec(text);
  const number = found === null ? NaN : Number(found[1]);
  const pid = number > 0 && number <= MOST_PID ? number : null;
  const afterPid = pid === null ? 0 : (found?.[0].length ?? 0);
  const time = TIME.exec(text.slice(afterPid))?.[0].length ?? 0;
  return { pid, end: afterPid + time };
}
