import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom (ARCHITECTURE.md). A room may always import from itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  rules: ['domain'],
  alarms: ['domain'],
  goods: ['domain'],
  evidence: ['domain'],
  epcis: ['domain', 'goods'],
  devices: ['domain'],
  buffer: ['domain'],
  config: ['domain'],
  notify: ['domain'],
  ops: ['domain'],
  anchoring: ['domain', 'evidence'],
  gate: ['domain', 'goods', 'evidence'],
  intake: ['domain', 'rules', 'alarms', 'goods', 'evidence', 'epcis'],
  api: ['domain', 'rules', 'alarms', 'goods', 'evidence', 'epcis'],
  gateway: [
    'domain',
    'rules',
    'alarms',
    'goods',
    'evidence',
    'epcis',
    'devices',
    'buffer',
    'config',
    'notify',
    'ops',
    'anchoring',
    'gate',
    'intake',
    'api',
  ],
  cli: ['gateway', 'config', 'domain', 'evidence', 'epcis', 'devices'],
  main: ['cli', 'gateway', 'config', 'domain'],
  web: ['api', 'evidence', 'domain'],
};

/** The folders of the composition root, which is larger than any room: who may import whom there. */
const GATEWAY: Readonly<Record<string, readonly string[]>> = {
  site: [],
  keys: ['site'],
  recording: ['site', 'keys'],
  heads: ['site', 'keys', 'recording'],
  showing: ['site', 'keys', 'recording'],
  receipts: ['site', 'keys', 'recording'],
  telling: ['site', 'keys', 'recording'],
  archive: ['site', 'keys', 'recording', 'showing'],
  gating: ['site', 'keys', 'recording', 'heads', 'telling'],
  lending: ['site', 'keys', 'recording', 'showing', 'telling', 'archive'],
};

const SRC = join(import.meta.dirname, '../src');

type SourceFile = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

function sources(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => {
      const full = join(e.parentPath, e.name);
      const text = readFileSync(full, 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((m) => m[1] ?? '');
      return {
        path: relative(SRC, full),
        text,
        imports: specifiers.map((s) => relative(SRC, normalize(join(dirname(full), s)))),
      };
    });
}

/** `devices/modbus/codec.ts` → `devices`; `intake.ts` → `intake`. */
function room(path: string): string {
  return (path.split('/')[0] ?? '').replace(/\.tsx?$/, '');
}

/** `gateway/keys/keyring.ts` → `keys`; `gateway/gateway.ts` → ``. */
function folder(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

const all = sources();
const product = all.filter((f) => !f.path.includes('.test.'));

describe('the house', () => {
  it('is looked at: there are source files', () => {
    expect(product.length).toBeGreaterThan(10);
  });

  it('has only the rooms of the layer table', () => {
    expect(product.map((f) => room(f.path)).filter((r) => !(r in MAY_IMPORT))).toEqual([]);
  });

  it('has no arrow against the layer table', () => {
    const wrong = product.flatMap((f) =>
      f.imports
        .filter((to) => room(to) !== room(f.path) && !MAY_IMPORT[room(f.path)]?.includes(room(to)))
        .map((to) => `${f.path} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no arrow against the order of the folders in gateway/', () => {
    const inside = product.filter(
      (f) => room(f.path) === 'gateway' && folder(f.path) !== '' && !f.path.includes('.fixture.'),
    );
    expect([...new Set(inside.map((f) => folder(f.path)))].toSorted()).toEqual(
      Object.keys(GATEWAY).toSorted(),
    );
    const wrong = inside.flatMap((f) =>
      f.imports
        .filter((to) => room(to) === 'gateway' && folder(to) !== folder(f.path))
        .filter((to) => GATEWAY[folder(f.path)]?.includes(folder(to)) !== true)
        .map((to) => `${f.path} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lets the page use only the published types of the API and the signs of units, and the in-browser verifier only what is pure', () => {
    const wrong = product
      .filter((f) => room(f.path) === 'web')
      .flatMap((f) => {
        const shares = (to: string): boolean =>
          f.path.startsWith('web/receipt/') && /^web\/(page|verifier)\//.test(to);
        const allowed = f.path.startsWith('web/verifier/')
          ? (to: string): boolean => room(to) === 'evidence' || room(to) === 'domain'
          : f.path.startsWith('web/dock/')
            ? (to: string): boolean => to === 'api/types.ts' || to.startsWith('domain/goods/')
            : (to: string): boolean => to === 'api/types.ts' || to === 'domain/unit-signs.ts';
        const own = f.path.split('/').slice(0, 2).join('/');
        return f.imports
          .filter((to) => !to.startsWith(`${own}/`) && !to.endsWith('.css') && !shares(to) && !allowed(to))
          .map((to) => `${f.path} → ${to}`);
      });
    expect(wrong).toEqual([]);
  });

  it('has no circles', () => {
    const graph = new Map(product.map((f) => [f.path, f.imports]));
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) {
        circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
        return;
      }
      if (done.has(path)) return;
      for (const to of graph.get(path) ?? []) walk(to, [...way, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(circles).toEqual([]);
  });

  it('has no file above 300 lines', () => {
    const long = all.filter((f) => f.text.split('\n').length > 301 && !f.path.includes('/generated/'));
    expect(long.map((f) => f.path)).toEqual([]);
  });

  it('has no name that says nothing', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|services?|managers?|index)(\.|\/|-|$)/;
    expect(all.filter((f) => vague.test(f.path)).map((f) => f.path)).toEqual([]);
  });

  it('keeps the pure rooms free of the world', () => {
    const pure = ['domain', 'rules', 'alarms', 'goods', 'evidence', 'epcis'];
    const world =
      /from '(node:(fs|net|http|https|tls|child_process|worker_threads|sqlite|dgram|os)|fastify|pino|viem)|Date\.now\(|Math\.random\(|process\./;
    const wrong = product
      .filter((f) => pure.includes(room(f.path)) && f.path !== 'domain/clock.ts' && world.test(f.text))
      .map((f) => f.path);
    expect(wrong).toEqual([]);
  });

  it('touches process only in main and cli', () => {
    const wrong = product
      .filter((f) => !['main', 'cli'].includes(room(f.path)) && /\bprocess\.(exit|argv|on\b)/.test(f.text))
      .map((f) => f.path);
    expect(wrong).toEqual([]);
  });
});
