import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { schemasAt, type JsonSchema } from './schema-walk.ts';
import { keyAt } from './yaml-place.ts';

/** Says what the key under the pointer means. */
export function keyHint(schema: JsonSchema): Extension {
  return hoverTooltip((view, pos) => {
    const key = keyAt(view.state.doc.toString(), pos);
    if (key === null) return null;
    const meaning = schemasAt(schema, key.way).find(({ description }) => description !== undefined);
    if (meaning === undefined) return null;
    return {
      pos: key.from,
      end: key.to,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'cm-key-hint';
        dom.textContent = meaning.description ?? '';
        return { dom };
      },
    };
  });
}
