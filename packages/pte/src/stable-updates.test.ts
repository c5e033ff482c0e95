import { expect, it } from 'vitest';
import { stableFeatures } from './stable-updates.ts';

it.each([
  ['6.12.107+deb13-amd64', {}],
  ['6.12.110', {}],
  ['6.12.111-rt', { pmdModifyKeepsDirty: true }],
  ['6.12.117+deb13-amd64', { pmdModifyKeepsDirty: true }],
  ['6.12', {}],
  ['7.2.200', {}],
  ['no release', {}],
])('knows what stable updates brought to %s', (running, features) => {
  expect(stableFeatures(running)).toEqual(features);
});
