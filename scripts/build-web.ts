import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Builds the page into dist/web: one script, one style sheet, one HTML file, nothing from elsewhere. */
const root = join(import.meta.dirname, '..');
const out = join(root, 'dist/web');

mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(root, 'src/web/page/main.tsx')],
  outfile: join(out, 'page.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.css': 'css' },
  legalComments: 'none',
});
cpSync(join(root, 'src/web/page/index.html'), join(out, 'index.html'));
