import type { ProtLetters } from '@ptelab/scenario';
import type { JSX } from 'preact';
import { Select } from '../compare/select.tsx';
import { sizeText } from '../model/size-text.ts';
import type { Session } from '../page/session.ts';
import type { EmptyWord, PaintBit, Tool } from './edit.ts';
import type { Painter } from './painter.ts';

const ORDERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

const EMPTY: readonly (readonly [EmptyWord, string])[] = [
  ['none', 'hole'],
  ['zero', 'zero page'],
  ['swap', 'swapped out'],
  ['guard', 'guard'],
  ['uffd-marker', 'uffd marker'],
];

const BITS: readonly (readonly [PaintBit, string])[] = [
  ['w', 'W write'],
  ['d', 'D dirty'],
  ['y', 'Y young'],
  ['s', 'S soft-dirty'],
  ['u', 'U uffd-wp'],
  ['exclusive', 'E exclusive'],
  ['n', 'NUMA hint'],
];

const PROTS: readonly ProtLetters[] = ['none', 'r', 'rw', 'rx', 'rwx'];

function sameTool(a: Tool | null, b: Tool): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

interface ToolsProps {
  readonly painter: Painter;
  readonly tools: readonly (readonly [Tool, string])[];
}

/** Tools of which one is in hand. */
function Tools({ painter, tools }: ToolsProps): JSX.Element {
  return (
    <>
      {tools.map(([tool, text]) => (
        <label key={text}>
          <input
            type="radio"
            name="paint-tool"
            checked={sameTool(painter.tool.value, tool)}
            onChange={() => {
              painter.tool.value = tool;
            }}
          />
          <span>{text}</span>
        </label>
      ))}
    </>
  );
}

function bitTools(isSet: boolean): readonly (readonly [Tool, string])[] {
  return BITS.map(([bit, text]) => [{ kind: 'bit', bit, isSet }, text]);
}

/** What to paint with, and what the call does to what is painted. */
export function PaintToolbar(props: {
  readonly session: Session;
  readonly painter: Painter;
}): JSX.Element | null {
  const { session, painter } = props;
  if (painter.tool.value === null) return null;
  const folios = ORDERS.map((order): readonly [Tool, string] => [
    { kind: 'folio', order },
    sizeText(2 ** order),
  ]);
  const empty = EMPTY.map(([word, text]): readonly [Tool, string] => [
    { kind: 'empty', word },
    text,
  ]);
  return (
    <section class="paint" aria-label="Paint">
      <fieldset>
        <legend>Folio</legend>
        <Tools painter={painter} tools={folios} />
      </fieldset>
      <fieldset>
        <legend>No page</legend>
        <Tools painter={painter} tools={empty} />
      </fieldset>
      <fieldset>
        <legend>Set</legend>
        <Tools painter={painter} tools={bitTools(true)} />
      </fieldset>
      <fieldset>
        <legend>Clear</legend>
        <Tools painter={painter} tools={bitTools(false)} />
      </fieldset>
      <p class="paint-story">
        <button
          type="button"
          onClick={() => {
            painter.edit({ kind: 'clear' });
          }}
        >
          Empty the table
        </button>
        <ProtPicker session={session} painter={painter} />
        <span class="note">
          Drag over pages, or Enter on one: the state before the call changes, and the call runs
          again.
        </span>
      </p>
      {painter.problem.value !== null && (
        <p class="bad" role="alert">
          {painter.problem.value}
        </p>
      )}
    </section>
  );
}

function ProtPicker(props: {
  readonly session: Session;
  readonly painter: Painter;
}): JSX.Element | null {
  const { session, painter } = props;
  const show = session.show.value;
  const now = show?.outline.steps[show.step]?.prot ?? null;
  if (now === null) return null;
  return (
    <label>
      mprotect to{' '}
      <Select
        label="Protection"
        options={PROTS.includes(now) ? PROTS : [now, ...PROTS]}
        value={now}
        onSelect={(prot) => {
          painter.edit({ kind: 'prot', prot });
        }}
      />
    </label>
  );
}
