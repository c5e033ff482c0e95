import {
  autocompletion,
  snippetCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { JsonSchema } from './schema-walk.ts';
import { suggestionsAt, type Suggestion } from './suggestions.ts';
import { placeAt } from './yaml-place.ts';

function completionOf({ label, kind, template, detail, info, isRequired }: Suggestion): Completion {
  return snippetCompletion(template, {
    label,
    type: kind === 'key' ? 'property' : 'enum',
    ...(detail === '' ? {} : { detail }),
    ...(info === '' ? {} : { info }),
    boost: isRequired ? 1 : 0,
  });
}

/** Where suggestions come by themselves: behind what opens a place, not behind every blank. */
const OPENS = /(?:[{[,:-] |^\s*)$/;

/** Completes stories by the schema of scenario files. */
export function completeStory(schema: JsonSchema): Extension {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[A-Za-z0-9_][\w.-]*/);
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (word === null && !context.explicit && !(before !== '' && OPENS.test(before))) return null;
    const place = placeAt(context.state.doc.toString(), context.pos);
    if (place === null) return null;
    const options = suggestionsAt(schema, place).map(completionOf);
    return options.length === 0
      ? null
      : { from: word?.from ?? context.pos, options, validFor: /^[\w.-]*$/ };
  };
  return autocompletion({ override: [complete], icons: false, activateOnTypingDelay: 60 });
}
