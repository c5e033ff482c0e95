import { useEffect } from 'preact/hooks';

/** True where keys are letters to write. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(?:radio|range)$/.test(target.type);
  const writes = target.tagName === 'SELECT' || target.isContentEditable;
  return writes || target.shadowRoot !== null;
}

/** Does `act` when a letter is pressed anywhere on the page where letters are not written. */
export function usePageKey(letter: string, act: () => void, inputs: readonly unknown[]): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const held = event.ctrlKey || event.metaKey || event.altKey;
      if (event.key.toLowerCase() !== letter || held || event.defaultPrevented) return;
      if (isWriting(event.target)) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
    };
  }, inputs);
}
