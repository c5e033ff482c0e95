import { indentService } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

/** An element of a list that is whole in its line. */
const WHOLE_ELEMENT = /^(\s*)- (?:.*[^\s:,{[|>-])\s*$/;

/** The indentation of the line after `line`, if that is where the next element of a list belongs. */
export function indentAfter(line: string): number | null {
  return WHOLE_ELEMENT.exec(line)?.[1]?.length ?? null;
}

/** After a step that is whole in its line comes the next one: all else is left to the language. */
export const STEP_INDENT: Extension = indentService.of((context, pos) => {
  const { text, from } = context.lineAt(pos, -1);
  // The line to be indented starts here: what counts is the one before.
  const before = pos > from ? text.slice(0, pos - from) : context.lineAt(pos - 1, -1).text;
  return indentAfter(before) ?? undefined;
});
