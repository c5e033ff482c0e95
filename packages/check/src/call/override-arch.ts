import type { Arch } from '@ptelab/pte';

/** An architecture that does as `inner` does, but for some operations. */
export function overrideArch(inner: Arch, overrides: Partial<Arch>): Arch {
  const arch = Object.create(inner) as Arch;
  return Object.assign(
    arch,
    {
      // These reach for private state, which an object that only inherits does not have.
      decodeNonPresent: (pte) => inner.decodeNonPresent(pte),
      encodeNonPresent: (entry, out) => {
        inner.encodeNonPresent(entry, out);
      },
    } satisfies Partial<Arch>,
    overrides,
  );
}
