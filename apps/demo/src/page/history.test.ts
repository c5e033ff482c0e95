import { expect, it } from 'vitest';
import type { Look } from '../model/look.ts';
import { History } from './history.ts';

function look(text: string): Look {
  return {
    text,
    machines: [{ arch: 'arm64', kernel: '7.3' }],
    lead: 0,
    step: 0,
    position: null,
    focus: 0,
    camera: null,
    theme: 'auto',
    prices: {},
    tlb: null,
  };
}

it('goes back and forth between texts', () => {
  const history = new History();
  expect(history.undo(look('a'))).toBeNull();
  history.note(look('a'), null);
  history.note(look('b'), null);
  expect(history.undo(look('c'))?.text).toBe('b');
  expect(history.undo(look('b'))?.text).toBe('a');
  expect([history.canUndo.value, history.canRedo.value]).toEqual([false, true]);
  expect(history.redo(look('a'))?.text).toBe('b');
  expect(history.redo(look('b'))?.text).toBe('c');
});

it('takes what is typed in one go as one change', () => {
  const history = new History();
  history.note(look(''), 0);
  history.note(look('x'), 900);
  history.note(look('xy'), 1800);
  history.note(look('xyz'), 5000);
  expect(history.undo(look('xyz1'))?.text).toBe('xyz');
  expect(history.undo(look('xyz'))?.text).toBe('');
});

it('forgets what was undone when something else changes', () => {
  const history = new History();
  history.note(look('a'), null);
  history.undo(look('b'));
  history.note(look('a'), null);
  expect(history.redo(look('c'))).toBeNull();
});

it('keeps two hundred steps', () => {
  const history = new History();
  for (let i = 0; i < 201; i++) history.note(look(String(i)), null);
  for (let i = 200; i > 0; i--) expect(history.undo(look('x'))?.text).toBe(String(i));
  expect(history.undo(look('x'))).toBeNull();
});
