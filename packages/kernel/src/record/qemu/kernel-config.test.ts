import { expect, it } from 'vitest';
import { recordedConfig } from './kernel-config.ts';

it('names what decides about page tables, and n for what is not set', () => {
  const config = recordedConfig(
    '# CONFIG_KSM is not set\nCONFIG_MEM_SOFT_DIRTY=y\nCONFIG_OTHER=y\nCONFIG_X86_5LEVEL=y\n',
    'amd64',
  );
  expect(config).toMatchObject({
    CONFIG_MEM_SOFT_DIRTY: 'y',
    CONFIG_X86_5LEVEL: 'y',
    CONFIG_KSM: 'n',
    CONFIG_TRANSPARENT_HUGEPAGE: 'n',
  });
  expect(config).not.toHaveProperty('CONFIG_OTHER');
});
