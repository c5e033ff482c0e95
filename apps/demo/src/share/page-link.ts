import { signal, type Signal } from '@preact/signals';
import type { Look } from '../model/look.ts';
import type { Session } from '../page/session.ts';
import { decodeLook, encodeLook, FragmentError } from './look-fragment.ts';

/** The look may change with every move of the pointer; its link follows when it rests. */
const REST_MS = 300;

/** The link in the address bar: what it says, and what the page shows. */
export class PageLink {
  /** Why the link says nothing, in a line, or null. */
  readonly problem: Signal<string | null> = signal<string | null>(null);
  #own = '';

  /** The look that the link says; null without one. */
  async look(): Promise<Look | null> {
    this.problem.value = null;
    const fragment = location.hash.slice(1);
    if (fragment === '') return null;
    try {
      return await decodeLook(fragment);
    } catch (error) {
      if (!(error instanceof FragmentError)) throw error;
      this.problem.value = error.message;
      return null;
    }
  }

  /** Makes the link say `look`. */
  async put(look: Look): Promise<void> {
    this.#own = `#${await encodeLook(look)}`;
    history.replaceState(null, '', this.#own);
  }

  /** Keeps the link and the session together, in both directions. */
  follow(session: Session): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    session.look.subscribe((look) => {
      // Who opens the page without a link gets none before something changes.
      if (first) {
        first = false;
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(() => void this.put(look), REST_MS);
    });
    addEventListener('hashchange', () => {
      if (location.hash === this.#own) return;
      void this.look().then((look) => {
        if (look !== null) session.change(look);
      });
    });
  }
}
