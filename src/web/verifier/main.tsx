import { render } from 'preact';
import { App } from './app.tsx';
import { Runner } from './runner.ts';
import { serve } from './tasks.ts';
import 'uplot/dist/uPlot.min.css';
import './verifier.css';

// One script is both the page and its worker: a page from disk has no second file to load.
if (typeof document === 'undefined') serve();
else {
  const root = document.getElementById('page');
  const script = document.currentScript?.textContent ?? '';
  if (root !== null) render(<App runner={new Runner(script)} />, root);
}
