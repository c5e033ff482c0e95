import { arm64, KERNEL_RELEASES } from '@ptelab/pte';
import { isFields, oneOf } from './fields.ts';

/** What a machine may say beyond its kernel; pages are of 4K, as everything on the page is. */
const ARM64_FLAGS = [
  'pa52',
  'tlbiRange',
  'bbml2',
  'hwAfDbm',
  'repeatTlbi',
  'kpti',
  'epan',
  'erratum2645198',
];
const X86_FLAGS = ['softDirty', 'pku'];

/** Features of releases; all architectures have the same. */
const FEATURES = new Map<string, unknown>(Object.entries(arm64({ kernel: '7.3' }).features));

/** Rules of a stable update. */
function areFeatures(value: unknown): boolean {
  return (
    isFields(value) &&
    Object.entries(value).every(
      ([name, own]) => typeof own === 'boolean' && typeof FEATURES.get(name) === 'boolean',
    )
  );
}

function areOptions(value: unknown, flags: readonly string[]): boolean {
  if (value === undefined) return true;
  return (
    isFields(value) &&
    Object.entries(value).every(([name, own]) => {
      if (name === 'features') return areFeatures(own);
      if (name === 'levels') return flags === X86_FLAGS && oneOf(own, [4, 5]);
      return typeof own === 'boolean' && flags.includes(name);
    })
  );
}

/** True for plain data that is a machine as the page knows them. */
export function isMachine(value: unknown): boolean {
  return (
    isFields(value) &&
    oneOf(value.arch, ['arm64', 'x86-64']) &&
    oneOf(value.kernel, KERNEL_RELEASES) &&
    (value.strategy === undefined || typeof value.strategy === 'string') &&
    areOptions(value.arm64, ARM64_FLAGS) &&
    areOptions(value.x86, X86_FLAGS) &&
    Object.keys(value).every((key) => oneOf(key, ['arch', 'kernel', 'strategy', 'arm64', 'x86']))
  );
}
