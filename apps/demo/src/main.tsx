import { render } from 'preact';
import { App } from './page/app.tsx';
import { FIRST_LOOK } from './page/first-story.ts';
import { Session } from './page/session.ts';
import './page/page.css';
import { startWorkers } from './worker/client.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');
render(<App session={new Session(FIRST_LOOK, startWorkers())} />, root);
