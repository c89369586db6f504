import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'node_modules/.cache/bailee-bench');

/**
 * Bundles the bench's own programs as scripts/build-release.ts bundles the product: what is
 * measured carries no compiler. Gives the folder they are in.
 */
export async function bundlePrograms(): Promise<string> {
  rmSync(OUT, { recursive: true, force: true });
  await build({
    entryPoints: ['load', 'floor-client', 'commit-probe', 'gateway-entry'].map((name) =>
      join(ROOT, 'bench', `${name}.ts`),
    ),
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minifySyntax: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: ['serialport'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  cpSync(join(ROOT, 'config'), join(OUT, 'config'), { recursive: true });
  return OUT;
}
