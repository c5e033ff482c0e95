import { expect, it } from 'vitest';
import { parseConfig } from './kernel-config.ts';

it('reads the choices that show; what is not set is n', () => {
  const config = parseConfig('CONFIG_KSM=y\n# CONFIG_LRU_GEN is not set\nCONFIG_HZ=250\n');
  expect(config).toMatchObject({ CONFIG_KSM: 'y', CONFIG_LRU_GEN: 'n' });
  expect(config).not.toHaveProperty('CONFIG_HZ');
});
