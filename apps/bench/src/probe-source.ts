import { fileURLToPath } from 'node:url';

/** Path of the probe's C source. This file is as deep in `src` as the built one in `dist`. */
export const PROBE_SOURCE: string = fileURLToPath(
  new URL('../probe/mprotect-probe.c', import.meta.url),
);
