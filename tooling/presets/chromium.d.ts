import type { Browser } from 'playwright-core';

/**
 * False where there is no browser to test in. Only a person's machine may do without one: in CI the
 * tests then run and fail.
 */
export declare function hasBrowser(): boolean;

/** Starts the installed Chromium: the one named in CHROMIUM, or the first in PATH. */
export declare function launchChromium(): Promise<Browser>;
