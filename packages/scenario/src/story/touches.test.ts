import { describe, expect, it } from 'vitest';
import { createMachine } from '../machine.ts';
import { parseOpLine } from '../op/op-line.ts';
import { Story, type OpOutcome } from './story.ts';

/** A story of op lines; the outcome of each. */
function play(lines: readonly string[], story = newStory()): OpOutcome[] {
  return lines.map((line) => story.apply(parseOpLine(line)));
}

function newStory(): Story {
  return new Story(createMachine({ arch: 'x86-64', kernel: '7.2' }));
}

const WATCHED = ['mmap 0 8 rw anon', 'w 0 8', 'uffd sync', 'uffd_reg 0 8', 'uffd_wp 2 4 1'];

describe('a touch of pages that a synchronous userfaultfd protects', () => {
  it('stops at the first, and goes on when the monitor wakes it', () => {
    const story = newStory();
    play(WATCHED, story);
    const [write, elsewhere, second, rest] = play(
      ['w 0 8', 'uffd_wp 4 1 0', 'uffd_wp 2 1 0', 'uffd_wp 3 3 0'],
      story,
    );
    expect(write?.touch?.faults).toEqual([0, 0]);
    expect([elsewhere?.touch, story.waiting]).toEqual([undefined, 0]);
    expect(second?.touch?.faults).toEqual([0]);
    expect(rest?.touch?.faults).toEqual([0, 0, 0, 0, 0]);
  });

  it('may wait together with others', () => {
    const story = newStory();
    play([...WATCHED, 'w 2 1', 'w 2 2', 'w 5 1'], story);
    expect([story.waiting, story.mm.userfaultfdEvents.length]).toEqual([3, 3]);
    const [woken] = play(['uffd_wp 2 1 0'], story);
    expect([woken?.touch?.faults, story.waiting]).toEqual([[0, 0], 2]);
  });

  it('goes on after the registration is taken back', () => {
    const story = newStory();
    const last = play([...WATCHED, 'w 0 8', 'uffd_unreg 0 8'], story).at(-1);
    expect([last?.touch?.faults, story.waiting]).toEqual([[0, 0, 0, 0, 0, 0], 0]);
  });

  it('does not wait for a monitor that resolves at once', () => {
    const story = newStory();
    const lines = WATCHED.map((line) => (line === 'uffd sync' ? 'uffd sync resolve' : line));
    const last = play([...lines, 'w 0 8'], story).at(-1);
    expect([last?.touch?.faults.length, story.waiting]).toEqual([8, 0]);
  });
});

describe('a touch of pages that migrate', () => {
  it('waits for the end, and counts the fault that it waited in', () => {
    const story = newStory();
    const lines = ['mmap 0 4 rw anon', 'w 0 4', 'migrate_start 1 2', 'w 0 4', 'migrate_end'];
    const [, , , write, end] = play(lines, story);
    expect([write?.touch?.faults, end?.touch?.faults]).toEqual([[0], [1, 0, 0]]);
    expect(story.waiting).toBe(0);
  });

  it('ends with its process', () => {
    const story = newStory();
    const lines = ['mmap 0 1 rw anon', 'w 0 1', 'fork a', 'migrate_start 0 1', 'child a w 0 1'];
    play(lines, story);
    expect(story.waiting).toBe(1);
    play(['child a x', 'migrate_end'], story);
    expect(story.waiting).toBe(0);
  });
});

it('madvise and pin say how they ended', () => {
  const outcomes = play([
    'mmap 0 4 r anon',
    'pin 0 4 write',
    'pin 0 4 read',
    'unpin 0 4',
    'madvise 0 4 POPULATE_WRITE',
    'madvise 0 8 POPULATE_READ',
    'madvise 0 4 FREE',
  ]);
  const errors = [undefined, 'EFAULT', null, undefined, 'EINVAL', 'ENOMEM', null];
  expect(outcomes.map((outcome) => outcome.error)).toEqual(errors);
});
