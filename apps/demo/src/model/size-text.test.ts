import { expect, it } from 'vitest';
import { sizeText } from './size-text.ts';

it.each([
  [1, '4 KiB'],
  [128, '512 KiB'],
  [256, '1 MiB'],
  [257, '1028 KiB'],
  [512, '2 MiB'],
])('%i pages are %s', (pages, text) => {
  expect(sizeText(pages)).toBe(text);
});
