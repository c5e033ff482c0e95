import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const MONOSPACE = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--quiet)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--bad)' },
]);

/** The editor in the colours of the page, whichever they are. */
export const editorLook: Extension = [
  EditorView.theme({
    '&': { color: 'var(--text)', backgroundColor: 'var(--panel)', height: '100%' },
    '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
    '.cm-scroller': { fontFamily: MONOSPACE, fontSize: '12.5px', lineHeight: '1.5' },
    '.cm-content': { caretColor: 'var(--text)' },
    '.cm-cursor': { borderLeftColor: 'var(--text)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
      { backgroundColor: 'color-mix(in srgb, var(--accent) 26%, var(--panel))' },
    '.cm-gutters': {
      color: 'var(--quiet)',
      backgroundColor: 'var(--back)',
      border: '0',
      borderRight: '1px solid var(--line)',
    },
    '.cm-activeLine': { backgroundColor: 'transparent' },
    '.cm-activeLineGutter': { color: 'var(--text)', backgroundColor: 'transparent' },
    '.cm-step': { color: 'var(--accent)', cursor: 'pointer' },
    '.cm-step-shown': { fontWeight: '700' },
    '.cm-tooltip': {
      color: 'var(--text)',
      backgroundColor: 'var(--panel)',
      border: '1px solid var(--strong)',
    },
    '.cm-tooltip-autocomplete > ul': { fontFamily: MONOSPACE, fontSize: '12.5px' },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      color: 'var(--panel)',
      backgroundColor: 'var(--accent)',
    },
    '.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': {
      color: 'var(--panel)',
    },
    '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-tooltip.cm-completionInfo, .cm-key-hint': { padding: '3px 8px', maxWidth: '24rem' },
    '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
    '.cm-lintRange-error': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--bad) 1.5px',
      textUnderlineOffset: '3px',
    },
    '.cm-snippetField': { backgroundColor: 'color-mix(in srgb, var(--accent) 14%, var(--panel))' },
  }),
  syntaxHighlighting(HIGHLIGHT),
];
