import { render } from 'preact';
import { App } from './components/app.tsx';
import { createState } from './state.ts';
import './styles.css';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element #app');
render(<App state={createState()} />, root);
