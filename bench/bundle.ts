import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'node_modules/.cache/bailee-bench');

/** What is measured carries no compiler: the release, and the bench's own programs bundled alike. */
export type Programs = {
  /** The release's bailee.mjs. */
  readonly bailee: string;
  /** Folder of load.mjs, floor-client.mjs and commit-probe.mjs. */
  readonly own: string;
};

/** Builds the release into dist/, as `npm run build` does, and the bench's programs. */
export async function bundlePrograms(): Promise<Programs> {
  await import('../scripts/build-release.ts');
  rmSync(OUT, { recursive: true, force: true });
  await build({
    entryPoints: ['load', 'floor-client', 'commit-probe'].map((name) => join(ROOT, 'bench', `${name}.ts`)),
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  return { bailee: join(ROOT, 'dist/bailee.mjs'), own: OUT };
}
