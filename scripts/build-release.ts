import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './build-web.ts';

/**
 * Builds the release into dist/: one bundle (ledger clients in chunks of their own, loaded when
 * configured), the archive worker, the page, profiles and rules. Only what carries native
 * code, serialport and pkcs11js, stays a package beside it.
 */
const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');

/**
 * An ES import of node:http reads every export of it, and some of them load the whole of undici,
 * 13 MB; TLS takes 5 MB, which a gateway without it never needs (m). So these are read when
 * something of them is first used.
 */
const whenUsed: Plugin = {
  name: 'when-used',
  setup(building) {
    building.onResolve({ filter: /^(node:)?(http|https|http2|tls|cluster)$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'when-used',
    }));
    building.onLoad({ filter: /.*/, namespace: 'when-used' }, async ({ path }) => {
      const names = Object.keys(await import(`node:${path}`)).filter((name) => name !== 'default');
      const get = `get: () => process.getBuiltinModule('node:${path}')[name]`;
      return {
        contents: `for (const name of ${JSON.stringify(names)}) {
          Object.defineProperty(exports, name, { enumerable: true, ${get} });
        }`,
      };
    });
  },
};

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: {
    bailee: join(root, 'src/main.ts'),
    'archive-jobs': join(root, 'src/gateway/archive-jobs.ts'),
  },
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minifySyntax: true,
  // A running program keeps its source, and one comment that is not ASCII makes all of it two bytes
  // a character: without comments and blanks it is 7 MB smaller. Names and short lines stay, for
  // the sake of stack traces.
  minifyWhitespace: true,
  lineLimit: 160,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: ['serialport', 'pkcs11js'],
  // Node's own streams, which readable-stream is a copy of.
  alias: { 'readable-stream': 'node:stream' },
  plugins: [whenUsed],
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
await buildPage(join(out, 'web'));
for (const folder of ['config', 'systemd']) {
  cpSync(join(root, folder), join(out, folder), { recursive: true });
}
