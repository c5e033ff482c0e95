import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Session } from '../page/session.ts';
import type { PageLink } from './page-link.ts';

/** Copies a link to what is shown; where a page may not copy, the link is in the address bar. */
export function LinkButton(props: {
  readonly session: Session;
  readonly link: PageLink;
}): JSX.Element {
  const { session, link } = props;
  const told = useMemo(() => signal(''), [session]);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          void link.put(session.look.value).then(async () => {
            try {
              await navigator.clipboard.writeText(location.href);
              told.value = 'Copied';
            } catch {
              told.value = 'Look in the address bar';
            }
          });
        }}
      >
        Copy link
      </button>
      <small role="status">{told.value}</small>
    </>
  );
}
