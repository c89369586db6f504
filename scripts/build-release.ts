import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildVerifier } from './build-verifier.ts';
import { buildPage } from './build-web.ts';

/**
 * Builds the release into dist/: one bundle (ledger clients in chunks of their own, loaded when
 * configured), the archive worker, the page, the in-browser verifier with its hash, profiles and rules.
 * Only what carries native code, serialport and pkcs11js, stays a package beside it.
 */
const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');

/**
 * An ES import of node:http reads every export of it, and some of them load the whole of undici,
 * 13 MB (m). Taken as a CommonJS module only what is used is read.
 */
const plainHttp: Plugin = {
  name: 'plain-http',
  setup(building) {
    building.onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'http', namespace: 'plain-http' } : null,
    );
    building.onLoad({ filter: /.*/, namespace: 'plain-http' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http');",
    }));
  },
};

/**
 * What a library loads beside what we use of it, as far as it is much: prom-client its default metrics with
 * a telemetry client, fastify the compilers of schemas, which no route has (src/api/server.ts).
 */
const INSTEAD: Readonly<Record<string, string>> = {
  'prom-client': ['Counter', 'Gauge', 'Histogram', 'Registry']
    .map((name) => `exports.${name} = require('prom-client/lib/${name.toLowerCase()}');`)
    .join(''),
  '@fastify/ajv-compiler': '',
  '@fastify/fast-json-stringify-compiler': '',
};
const onlyWhatIsUsed: Plugin = {
  name: 'only-what-is-used',
  setup(building) {
    const filter = new RegExp(`^(?:${Object.keys(INSTEAD).join('|')})$`);
    building.onResolve({ filter }, ({ path }) => ({ path, namespace: 'instead' }));
    building.onLoad({ filter: /.*/, namespace: 'instead' }, ({ path }) => ({
      contents: INSTEAD[path] ?? '',
      resolveDir: root,
    }));
  },
};

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: {
    bailee: join(root, 'src/main.ts'),
    'archive-jobs': join(root, 'src/gateway/archive/archive-jobs.ts'),
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
  plugins: [plainHttp, onlyWhatIsUsed],
  legalComments: 'linked',
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
await buildPage(join(out, 'web'));
const verifier = join(out, 'verify.html');
process.stdout.write(`${await buildVerifier(verifier)}  dist/verify.html\n`);
cpSync(verifier, join(out, 'web/verify.html'));
for (const folder of ['config', 'systemd']) {
  cpSync(join(root, folder), join(out, folder), { recursive: true });
}
