import { expect, it } from 'vitest';
import { EVENT_NAMES, makeEvents, takeEvents } from './events.ts';

it('every counter starts at zero and is named once', () => {
  const events = makeEvents();
  expect([...EVENT_NAMES].sort()).toEqual(Object.keys(events).sort());
  expect(Object.values(events).every((count) => count === 0)).toBe(true);
});

it('takeEvents returns the counts and resets them', () => {
  const events = makeEvents();
  for (const name of EVENT_NAMES) events[name] = 2;
  const taken = takeEvents(events);
  expect(EVENT_NAMES.map((name) => taken[name])).toEqual(EVENT_NAMES.map(() => 2));
  expect(events).toEqual(makeEvents());
});
