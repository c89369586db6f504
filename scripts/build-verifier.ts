import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * Builds the verifier into one HTML file that needs nothing else, from disk or from a server. The same
 * sources give the same bytes on every machine, so that anyone can compare its hash with another build.
 * @returns SHA-256 of the file, hex
 */
export async function buildVerifier(file: string, sources = root): Promise<string> {
  const folder = join(sources, 'src/web/verifier');
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.tsx')],
    outdir: 'out',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
  });
  const text = (end: string): string => outputFiles.find((f) => f.path.endsWith(end))?.text.trim() ?? '';
  const script = text('.js');
  const style = text('.css');
  // esbuild writes these in other ways, so that a script may stand in a page; this makes sure of it.
  if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error('a text that would end its own tag');
  const icon = readFileSync(join(sources, 'src/web/page/icon.svg'));
  const frame = readFileSync(join(folder, 'index.html'), 'utf8');
  const page = frame
    .replace('@policy@', () => policyFor(script, style))
    .replace('@icon@', () => `data:image/svg+xml;base64,${icon.toString('base64')}`)
    .replace('<style></style>', () => `<style>${style}</style>`)
    .replace('<script></script>', () => `<script>${script}</script>`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  return createHash('sha256').update(page).digest('hex');
}

/** Only this script and this style; no connection, form, frame or font to or from anywhere. */
function policyFor(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${sourceOf(script)}`,
    `style-src ${sourceOf(style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** How a policy names a text that may stand in the page. */
function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

if (import.meta.main) {
  const file = join(root, 'dist/verify.html');
  process.stdout.write(`${await buildVerifier(file)}  dist/verify.html\n`);
}
