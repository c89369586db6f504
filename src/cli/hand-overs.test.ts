import { generateKeyPairSync, hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { Daemon, eventually } from '../../test/daemon.ts';
import { writeSite } from '../../test/gateway-site.ts';
import { handOverTerms } from '../gateway/showing/hand-over.fixture.ts';
import { runCommand } from './program.ts';

const TOKEN = `t-${'li'.repeat(30)}`;
const DEVICE = `  - { id: line-1, driver: modbus-tcp, host: 127.0.0.1, port: 1, slaves: [{ id: probe-1, unit: 1, profile: xy-md02, every: 10s, zone: dock }] }`;
const MORE = `goods: {}
users:
  - { id: li, number: 7, role: supervisor, token-hash: 'sha256:${hash('sha256', TOKEN)}' }
`;

type Said = { readonly code: number; readonly out: string; readonly err: string };

describe('bailee hand-overs', () => {
  it('puts terms on record, signs for both hands, objects and settles, on a running gateway', async () => {
    using site = writeSite({ devices: DEVICE, zones: ['dock'], more: MORE, block: '1s' });
    const file = (name: string, content: string): string => {
      writeFileSync(join(site.folder, name), content);
      return join(site.folder, name);
    };
    await using daemon = await Daemon.start(site.file);
    const call = ['--url', daemon.url, '--token-file', file('token', TOKEN)];
    const why = ['--reason', 'at the dock'];
    const run = async (...args: readonly string[]): Promise<Said> => {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const { signal } = new AbortController();
      const code = await runCommand(['hand-overs', ...args, ...call], {
        env: {},
        signal,
        stdin,
        stdout,
        stderr,
      });
      stdout.end();
      stderr.end();
      return { code, out: await text(stdout), err: await text(stderr) };
    };
    const head = await eventually(
      'a head is signed',
      () => run('head'),
      ({ code }) => code === 0,
    );
    expect(head.out).toMatch(/^scenario\.example\/gw\/b0b1b2b3b4b5b6b7\/0 \d+ [A-Za-z0-9+/]{43}=\n$/);
    const terms = handOverTerms({ from: head.out.trim() });
    const begun = await run('begin', file('terms.json', JSON.stringify(terms)), ...why);
    expect(begun.out).toMatch(/^SHA-256 [0-9a-f]{64}\ngiver: http:.*\/dock\/.*\ntaker: http:.*\/dock\//);

    const hands = (['giver', 'taker'] as const).map((hand) => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
      const pem = file(`${hand}.pem`, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      return { hand, key, pem };
    });
    for (const { hand, key, pem } of hands) {
      const sign = ['sign', terms.handOver, '--as', hand, '--key-file', pem, ...why];
      const untrusted = await run(...sign);
      expect([untrusted.code, untrusted.err]).toEqual([64, expect.stringContaining('is not on record')]);
      expect(await run('trust', terms[hand], key, ...why)).toMatchObject({ code: 0 });
      expect(await run(...sign)).toMatchObject({ code: 0, err: '' });
    }
    expect((await run('show', terms.handOver)).out).toContain('HO-2026-17 complete coldtruck → store-7');
    const objection = ['--by', 'store-7', '--code', 'warm', '--note', '9 °C inside', ...why];
    expect(await run('object', terms.handOver, ...objection)).toMatchObject({ code: 0 });
    expect(await run('list')).toMatchObject({ code: 1, out: expect.stringContaining('DISPUTED') as string });
    expect(await run('settle', terms.handOver, ...why)).toMatchObject({ code: 0 });
    expect(await run('list', '--lang', 'zh')).toMatchObject({
      code: 0,
      out: expect.stringContaining('已完成') as string,
    });
    expect(await run('distrust', 'store-7', hands[1]?.key ?? '', ...why)).toMatchObject({ code: 0 });
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const wrong = file('rsa.pem', String(rsa.export({ type: 'pkcs8', format: 'pem' })));
    const refused = await run('sign', terms.handOver, '--as', 'giver', '--key-file', wrong, ...why);
    expect([refused.code, refused.err]).toEqual([64, expect.stringContaining('of rsa, not of ed25519')]);
  }, 60_000);
});
