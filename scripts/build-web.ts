import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildVerifier } from './build-verifier.ts';

const root = join(import.meta.dirname, '..');

/** Builds the pages into a folder: of each one script, one style sheet and one HTML file, nothing from elsewhere. */
export async function buildPage(out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: {
      page: join(root, 'src/web/page/main.tsx'),
      receipt: join(root, 'src/web/receipt/main.tsx'),
    },
    outdir: out,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'css' },
    legalComments: 'none',
  });
  await build({
    entryPoints: [join(root, 'src/web/dock/main.ts'), join(root, 'src/web/dock/dock.css')],
    outdir: out,
    entryNames: 'dock',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
  });
  cpSync(join(root, 'src/web/dock/dock.html'), join(out, 'dock.html'));
  // Shows notices while no page is open.
  await build({
    entryPoints: [join(root, 'src/web/page/push-worker.ts')],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
  });
  for (const file of ['index.html', 'icon.svg']) {
    cpSync(join(root, 'src/web/page', file), join(out, file));
  }
  cpSync(join(root, 'src/web/receipt/index.html'), join(out, 'receipt.html'));
}

if (import.meta.main) {
  await buildPage(join(root, 'dist/web'));
  await buildVerifier(join(root, 'dist/web/verify.html'));
}
