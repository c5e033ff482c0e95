import { expect, it } from 'vitest';
import { nearestRelease } from './nearest-release.ts';

it.each([
  ['6.18.44-fc-v782', '6.18'],
  ['6.12.107+deb13-amd64', '6.12'],
  ['6.15.4', '6.12'],
  ['6.17.0-rc1', '6.17-rc1'],
  ['6.17.0-rc2-next', '6.17-rc1'],
  ['6.17.9', '6.17'],
  ['7.0.3', '6.19'],
  ['7.10.0', '7.3'],
  ['5.15.0', '6.12'],
  ['garbage', '6.12'],
])('%s is measured against the model of %s', (running, model) => {
  expect(nearestRelease(running)).toBe(model);
});
