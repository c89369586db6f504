import { writeFileSync } from 'node:fs';
import { request as callOver } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpWitness } from '../../src/anchoring/witness/http-witness.ts';
import { noteKey } from '../../src/evidence/note-key.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { certificateFor, openssl, without } from '../../src/notify/certificate.fixture.ts';
import { LOG_KEY } from '../anchored-log.ts';
import { WitnessSite } from '../witnesses.ts';
import { AskedWitness, openFrom } from './asked-witness.ts';

const { sha256 } = nodePrimitives;
const witness = new AskedWitness();
const fatal = (error: unknown): void => void witness.failures.push(error);

beforeAll(() => witness.open());
afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  expect(witness.failures).toEqual([]);
});

describe('a witness with a certificate', () => {
  it.skipIf(!openssl)(`is asked over TLS${without}`, async () => {
    const { key, cert } = certificateFor('localhost');
    using secure = new WitnessSite('witness.example/tls', []);
    writeFileSync(join(secure.folder, 'key.pem'), key, { mode: 0o600 });
    writeFileSync(join(secure.folder, 'cert.pem'), cert);
    const tls = 'tls: { certificate: cert.pem, key: file:key.pem }';
    writeFileSync(
      secure.file,
      `name: w\nstate: state\nlogs: []\nlisten: { host: 127.0.0.1, port: 0, ${tls} }\n`,
    );
    await using running = await openFrom(secure.file, fatal);
    expect(running.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      const url = new URL('add-checkpoint', running.url.replace('127.0.0.1', 'localhost'));
      const call = callOver(url, { method: 'POST', ca: cert, family: 4 }, (r) => resolve(r.statusCode));
      call.on('error', reject).end('nonsense');
    });
    expect(status).toBe(400);
  });
});

describe('who asks a witness', () => {
  it('takes a line of the configured key alone', async () => {
    const log = witness.fresh();
    const stranger = noteKey(sha256, 'witness.example/bank', 'cosignature', LOG_KEY.publicKey);
    await expect(witness.ask(log.request(0, 3), stranger)).rejects.toMatchObject({ code: 'REJECTED' });
  });

  it('knows one that is not there from one that refuses', async () => {
    const log = witness.fresh();
    const away = httpWitness({
      ...nodePrimitives,
      url: 'http://127.0.0.1:1',
      key: witness.key,
      timeoutMs: 2000,
    });
    await expect(away(log.request(0, 3), new AbortController().signal)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});
