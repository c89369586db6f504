import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../domain/device.ts';
import { certificates, hasOpenssl } from '../certificates.fixture.ts';
import { until } from '../vehicle/opened.fixture.ts';
import { IMPINJ_VENDOR } from './definitions.ts';
import { llrp } from './driver.ts';
import { simulateLlrp } from './simulator.ts';

const why = hasOpenssl ? '' : ' (skipped: openssl is not installed)';
const ENTRY = {
  id: 'portal-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  settle: '100ms',
  gone: '600ms',
  tls: { ca: 'file:/ca', cert: 'file:/cert', key: 'file:/key' },
  points: [{ name: 'dock', antennas: [1] }],
};

/** All problems as `path: message`. */
function problems(tls: unknown): string[] {
  const checked = llrp.configure({ ...ENTRY, tls }, () => undefined);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

/** The driver with these files, and what it told. */
function reading(port: number, files: Readonly<Record<string, string>>, tls: object = ENTRY.tls) {
  const checked = llrp.configure({ ...ENTRY, tls, port }, () => undefined);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const told: Arrival[] = [];
  const open = checked.value.open({
    now: Date.now,
    log: () => undefined,
    secret: (reference) => {
      const text = files[reference];
      return text === undefined ? Promise.reject(new Error(`no ${reference}`)) : Promise.resolve(text);
    },
  });
  const stop = new AbortController();
  const running = open.pushing[0]?.subscribe((arrival) => told.push(arrival), stop.signal);
  return {
    running,
    health: () => told.flatMap((a) => a.health ?? []).map((h) => h.reason),
    refusals: () => told.flatMap((a) => a.refusals ?? []).map((r) => `${r.code} ${r.detail}`),
    seen: () => told.flatMap((a) => a.observations ?? []).length,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await open[Symbol.asyncDispose]();
    },
  };
}

/** The TLS server of OpenSSL, which sends an alert to whom it does not trust; Node's only hangs up. */
async function opensslServer(ca: string, own: { readonly cert: string; readonly key: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-llrp-tls-'));
  for (const [name, text] of Object.entries({ ca, cert: own.cert, key: own.key })) {
    writeFileSync(join(folder, name), text);
  }
  const files = ['-cert', 'cert', '-key', 'key', '-CAfile', 'ca'];
  const asks = ['-Verify', '1', '-verify_return_error'];
  const run = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...files, ...asks], { cwd: folder });
  let said = '';
  run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const port = (): number => Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1] ?? 0);
  await until('openssl listens', () => port() !== 0);
  return {
    port: port(),
    [Symbol.asyncDispose]: async () => {
      const ended = once(run, 'exit');
      run.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

describe('LLRP over TLS', () => {
  it('has its own port, needs an authority, and a certificate with its key; its streams are level 2', () => {
    const checked = llrp.configure({ ...ENTRY }, () => undefined);
    expect(checked.ok && checked.value.streams.map((s) => s.src)).toEqual([2, 2]);
    expect(problems({ ca: 'file:/ca' })).toEqual([]);
    expect(problems({ cert: 'file:/cert', keys: 1 })).toEqual([
      'tls.ca: is missing; it must be text',
      'tls.keys: is not a known key; did you mean "key"?',
      'tls.key: is missing; cert and key belong together',
    ]);
    expect(problems({ ca: '/etc/ca.pem' })).toEqual([
      'tls.ca: must be a reference, file:PATH or credential:NAME',
    ]);
  });

  it.skipIf(!hasOpenssl)(
    `reads what both sides trust, refuses the rest by name, and comes back${why}`,
    async () => {
      const { ca, of } = certificates('reader', 'gateway');
      const [own, mine] = [of.get('reader'), of.get('gateway')];
      const wrong = certificates('reader').of.get('reader');
      if (!own || !mine || !wrong) throw new Error('no certificates');
      const at = { host: '127.0.0.1', port: 0 };
      await using reader = await simulateLlrp(ENTRY, at, IMPINJ_VENDOR, { own, wrong, ca });
      reader.set('portal-1', 'dock', 2);
      const files = { 'file:/ca': ca, 'file:/cert': mine.cert, 'file:/key': mine.key };
      {
        await using trusted = reading(reader.port, files);
        await until('tags', () => trusted.seen() >= 2);
        expect(trusted.health()).toEqual(['ok']);
        reader.fault('portal-1', 'wrong-certificate');
        await until('it is refused', () => trusted.health().at(-1) === 'untrusted');
        expect(trusted.refusals().at(-1)).toMatch(/^REFUSED 127.0.0.1:\d+: .*certificate/);
        reader.fault('portal-1', null);
        const before = trusted.seen();
        await until('it comes back', () => trusted.health().at(-1) === 'ok' && trusted.seen() > before);
      }
      await using misnamed = reading(reader.port, files, { ...ENTRY.tls, name: 'reader.example' });
      await until('another name', () => misnamed.refusals().some((r) => /reader\.example/.test(r)));
    },
  );

  it.skipIf(!hasOpenssl)(`a reader that does not trust us says so in its alert${why}`, async () => {
    const { ca, of } = certificates('reader', 'gateway');
    const own = of.get('reader');
    const stranger = certificates('gateway').of.get('gateway');
    if (!own || !stranger) throw new Error('no certificates');
    await using server = await opensslServer(ca, own);
    const strange = { 'file:/ca': ca, 'file:/cert': stranger.cert, 'file:/key': stranger.key };
    await using unknown = reading(server.port, strange);
    await until('it is refused', () => unknown.refusals().length > 0);
    expect(unknown.refusals()[0]).toMatch(/^REFUSED 127.0.0.1:\d+: .*alert/);
    expect(unknown.health()).toEqual(['untrusted']);
    await using bare = reading(server.port, strange, { ca: 'file:/ca' });
    await until('it is refused', () => bare.refusals().length > 0);
    expect(bare.refusals()[0]).toMatch(/^REFUSED 127.0.0.1:\d+: .*alert.*certificate/);
  });

  it.skipIf(!hasOpenssl)(`does not begin without its files, or with files that are none${why}`, async () => {
    const missing = reading(1, {});
    await expect(missing.running).rejects.toThrow('no file:/ca');
    await expect(missing[Symbol.asyncDispose]()).rejects.toThrow('no file:/ca');
    const none = { 'file:/ca': 'none', 'file:/cert': 'none', 'file:/key': 'none' };
    await using broken = reading(1, none);
    await until('it is told', () => broken.refusals().some((r) => /no TLS with these files/.test(r)));
  });
});
