import { render } from 'preact';
import { EXHIBITS } from './gallery/exhibits.ts';
import { lookAt } from './gallery/look-at.ts';
import { App } from './page/app.tsx';
import { Session } from './page/session.ts';
import './page/page.css';
import { PageLink } from './share/page-link.ts';
import { startWorkers } from './worker/client.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');
const link = new PageLink();
const first = (await link.look()) ?? { ...lookAt(EXHIBITS[0]), theme: 'auto' as const, prices: {} };
const session = new Session(first, startWorkers());
link.follow(session);
render(<App session={session} link={link} />, root);
