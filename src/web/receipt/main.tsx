import { render } from 'preact';
import { App } from './app.tsx';
import '../page/page.css';
import './receipt.css';

const root = document.getElementById('page');
if (root !== null) render(<App />, root);
