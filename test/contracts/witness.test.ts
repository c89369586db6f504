import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as callOver } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpWitness } from '../../src/anchoring/witness/http-witness.ts';
import type { AnchorRequest, Cosigned } from '../../src/anchoring/port.ts';
import { formatRequest, MAX_REQUEST_BYTES } from '../../src/anchoring/witness/exchange.ts';
import { parseCheckpoint } from '../../src/evidence/checkpoint.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { checkFraud } from '../../src/evidence/fraud.ts';
import { formatNoteKey, noteKey, parseNoteKey, type NoteKey } from '../../src/evidence/note-key.ts';
import { formatNote, openNote, parseNote, signNote } from '../../src/evidence/note.ts';
import { seedSigner } from '../../src/anchoring/signer.ts';
import { openLog } from '../../src/gateway/log.ts';
import { nodePrimitives } from '../../src/gateway/primitives.ts';
import { loadWitness } from '../../src/gateway/site.ts';
import { openWitness, type RunningWitness } from '../../src/gateway/witness.ts';
import { certificateFor, openssl, without } from '../../src/notify/certificate.fixture.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { WitnessSite } from '../witnesses.ts';

const { sha256 } = nodePrimitives;
const CREDENTIALS = { checked: true, directory: null } as const;
const gateway = (n: number): string => `a.example/gw/${n.toString(16).padStart(16, '0')}`;
const keyOf = (origin: string): NoteKey => noteKey(sha256, origin, 'ed25519', LOG_KEY.publicKey);

const site = new WitnessSite('witness.example/bank', [
  ...Array.from({ length: 16 }, (_, n) => ({ key: formatNoteKey(keyOf(`${gateway(n)}/0`)) })),
  { key: formatNoteKey(keyOf(`${gateway(99)}/1`)), laterEpochs: true },
]);
const failures: unknown[] = [];
let witness: RunningWitness;
let used = 0;

async function open(file = site.file): Promise<RunningWitness> {
  const loaded = loadWitness(file, CREDENTIALS);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const log = openLog('error', { write: () => undefined });
  return openWitness(loaded.value, { log, credentials: CREDENTIALS, onFatal: (e) => failures.push(e) });
}

beforeAll(async () => {
  witness = await open();
});
afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  site[Symbol.dispose]();
  expect(failures).toEqual([]);
});

function witnessKey(): NoteKey {
  const parsed = parseNoteKey(sha256, witness.vkey);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.key;
}

/** A log of its own for each case. */
function fresh(options = {}): AnchoredLog {
  return new AnchoredLog(`${gateway(used++)}/0`, options);
}

function ask(request: AnchorRequest, key = witnessKey()): Promise<Cosigned> {
  return httpWitness({ ...nodePrimitives, url: witness.url, key, timeoutMs: 5000 })(
    request,
    new AbortController().signal,
  );
}

const stale = (size: bigint): Cosigned => ({
  kind: 'refused',
  why: { code: 'STALE_HEAD', size, root: null },
});
const refused = (code: string) => ({ kind: 'refused', why: { code } });

/** A gateway whose key is known from epoch 1 on, and for later epochs. */
function at(epoch: number): AnchoredLog {
  return new AnchoredLog(`${gateway(99)}/${epoch}`);
}

/** The call as it stands on the wire. */
async function post(body: string | Uint8Array, path = 'add-checkpoint', method = 'POST') {
  const init = method === 'GET' ? { method } : { method, body: Buffer.from(body) };
  const response = await fetch(new URL(path, witness.url), init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

describe('a witness (the cases of the ledger suite that hold for it)', () => {
  it('takes a first head and later ones, one or many blocks on, and signs with its own time (1, 2)', async () => {
    const log = fresh();
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 145],
      [145, 200],
    ] as const) {
      const before = Math.floor(Date.now() / 1000);
      const answer = await ask(log.request(from, to));
      if (answer.kind !== 'signed') throw new Error(answer.why.code);
      const opened = openNote(utf8(log.note(to) + answer.line), [witnessKey()], nodePrimitives);
      expect(opened).toMatchObject({ ok: true, unknown: 1 });
      const time = opened.ok ? (opened.verified[0]?.at ?? 0) : 0;
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });

  it('gives another line for the head it knows, as often as it is asked (3)', async () => {
    const log = fresh();
    await ask(log.request(0, 5));
    for (let i = 0; i < 3; i++)
      expect(await ask({ ...log.request(5, 5), proof: [] })).toMatchObject({ kind: 'signed' });
    expect(await ask(log.request(5, 6))).toMatchObject({ kind: 'signed' });
  });

  it('takes the head of size 0, of which there is one text', async () => {
    const log = fresh();
    expect(await ask({ oldSize: 0n, proof: [], note: log.note(0) })).toMatchObject({ kind: 'signed' });
    expect(await ask(log.request(0, 3))).toMatchObject({ kind: 'signed' });
    expect(await ask({ oldSize: 0n, proof: [], note: log.note(0) })).toEqual(stale(3n));
  });

  it('names the size it knows to whoever starts from another, and never goes back (4, 5)', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    expect(await ask(log.request(3, 9))).toEqual(stale(7n));
    expect(await ask(log.request(0, 9))).toEqual(stale(7n));
    expect(await ask({ oldSize: 6n, proof: [], note: log.note(6) })).toEqual(stale(7n));
    expect(await post(formatRequest({ oldSize: 9n, proof: [], note: log.note(8) }))).toMatchObject({
      status: 400,
    });
    const wire = await post(formatRequest(log.request(3, 9)));
    expect(wire).toEqual({ status: 409, type: 'text/x.tlog.size', text: '7\n' });
  });

  it('refuses a rewritten history, of the same size and of a larger one, and keeps the fraud (6)', async () => {
    const log = fresh();
    const forked = new AnchoredLog(log.origin, { forkAt: 4 });
    await ask(log.request(0, 7));
    expect(await ask({ oldSize: 7n, proof: [], note: forked.note(7) })).toEqual(stale(7n));
    expect(await ask(forked.request(7, 9))).toEqual(refused('INCONSISTENT'));
    expect(await ask(log.request(7, 8))).toMatchObject({ kind: 'signed' });
    const id = Buffer.from(sha256(utf8(log.origin)))
      .toString('hex')
      .slice(0, 16);
    const file = readFileSync(join(site.state, 'fraud', `${id}.json`));
    const keys = [{ key: keyOf(log.origin), from: 0, to: null }];
    expect(checkFraud(file, () => keys, nodePrimitives)).toMatchObject({
      proved: true,
      origin: log.origin,
      first: { size: 7 },
      second: { size: 7 },
    });
  });

  it('keeps the fraud of a larger head whose own proof shows another past', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    const before = readdirSync(join(site.state, 'fraud'));
    const forked = new AnchoredLog(log.origin, { forkAt: 4 });
    expect(await ask(forked.request(7, 12))).toEqual(refused('INCONSISTENT'));
    const [file = ''] = readdirSync(join(site.state, 'fraud')).filter((f) => !before.includes(f));
    const keys = [{ key: keyOf(log.origin), from: 0, to: null }];
    const verdict = checkFraud(readFileSync(join(site.state, 'fraud', file)), () => keys, nodePrimitives);
    expect(verdict).toMatchObject({ proved: true, first: { size: 7 }, second: { size: 12 } });
    expect(verdict.proved && verdict.otherRoot).toEqual(forked.rootAt(7));
  });

  it('refuses a proof that is too short, too long or wrong (7)', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    const good = log.request(7, 20);
    const wrong = good.proof.map((hash, i) => (i === 1 ? sha256(hash) : hash));
    for (const proof of [good.proof.slice(1), [...good.proof, sha256(utf8('more'))], wrong, []]) {
      expect(await ask({ ...good, proof })).toEqual(refused('INCONSISTENT'));
    }
    expect(await ask(good)).toMatchObject({ kind: 'signed' });
  });

  it('refuses a head that no key it knows has signed, and a log it does not know (8, 10)', async () => {
    const log = fresh();
    const text = log.note(3).slice(0, log.note(3).indexOf('\n\n') + 1);
    const stranger = seedSigner(sha256(utf8('a stranger')));
    const key = noteKey(sha256, log.origin, 'ed25519', stranger.publicKey);
    const foreign = signNote(text, [{ key, sign: (m) => stranger.sign(m) }], sha256);
    expect(await ask({ oldSize: 0n, proof: [], note: foreign })).toEqual(refused('BAD_SIGNATURE'));
    const unknown = new AnchoredLog('other.example/gw/00000000000000aa/0');
    expect(await ask(unknown.request(0, 3))).toEqual(refused('NOT_PERMITTED'));
  });

  it('refuses a flipped bit in any field of the request (9)', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    const body = utf8(formatRequest(log.request(7, 20)));
    for (let i = 0; i < body.length; i++) {
      const flipped = body.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      const answer = await post(flipped);
      expect(answer.status, `byte ${i}`).not.toBe(200);
      expect([400, 403, 404, 409, 422], `byte ${i}`).toContain(answer.status);
    }
    expect(await post(body)).toMatchObject({ status: 200 });
  });

  it('lets one of two racers in, and tells the other (11)', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    const other = new AnchoredLog(log.origin, { forkAt: 7 });
    const racers = Array.from({ length: 20 }, (_, i) => ask((i % 2 === 0 ? log : other).request(7, 9)));
    const answers = await Promise.all(racers);
    const signed = answers.filter((a) => a.kind === 'signed');
    expect(signed.length).toBe(1);
    expect(answers.filter((a) => a.kind === 'refused')).toEqual(Array.from({ length: 19 }, () => stale(9n)));
  });

  it('refuses lower epochs of a gateway once it signed a higher one (19, attack 31)', async () => {
    expect(await ask(at(1).request(0, 3))).toMatchObject({ kind: 'signed' });
    expect(await ask(at(0).request(0, 3))).toEqual(refused('NOT_PERMITTED'));
    expect(await ask(at(4).request(0, 2))).toMatchObject({ kind: 'signed' });
    expect(await ask(at(1).request(3, 5))).toEqual(refused('NOT_PERMITTED'));
    expect(await ask(at(2).request(0, 5))).toEqual(refused('NOT_PERMITTED'));
    expect(await ask(at(4).request(2, 5))).toMatchObject({ kind: 'signed' });
  });

  it('has the same memory and the same key after a restart, and the key is readable by its owner alone', async () => {
    const log = fresh();
    await ask(log.request(0, 7));
    const { vkey } = witness;
    await witness[Symbol.asyncDispose]();
    witness = await open();
    expect(witness.vkey).toBe(vkey);
    expect(await ask(log.request(0, 9))).toEqual(stale(7n));
    expect(statSync(join(site.state, 'witness.db')).mode & 0o777).toBe(0o600);
    const shown = await post('', `heads/${log.origin}`, 'GET');
    expect(shown).toMatchObject({ status: 200, text: log.note(7) });
  });

  it('takes no more than a request can have, and only what is one', async () => {
    const log = fresh();
    const good = formatRequest(log.request(0, 3));
    for (const [body, status] of [
      ['', 400],
      [good.replace('old 0', 'old 00'), 400],
      [good.replace('old 0', 'old -1'), 400],
      [good.replace('old 0', 'OLD 0'), 400],
      [good.replace('\n\n', '\n'), 400],
      [good.replace('\n3\n', '\n18446744073709551616\n'), 400],
      [`old 0\n${'A'.repeat(43)}=\n`.repeat(64), 400],
      [good + 'x'.repeat(MAX_REQUEST_BYTES), 413],
    ] as const) {
      expect(await post(body), body.slice(0, 40)).toMatchObject({ status });
    }
    expect(await post('', 'add-checkpoint', 'GET')).toMatchObject({ status: 405 });
    expect(await post(good, 'something-else')).toMatchObject({ status: 404 });
    expect(await post(good)).toMatchObject({ status: 200 });
  });

  it('ignores lines of others on the head, good or bad', async () => {
    const log = fresh();
    const parsed = parseNote(utf8(log.note(3)));
    if (!parsed.ok) throw new Error(parsed.why);
    const { text, lines } = parsed.note;
    const other = { name: 'other.example/w', decoded: new Uint8Array(76) };
    const note = formatNote(text, [other, ...lines, other]);
    expect(await ask({ oldSize: 0n, proof: [], note })).toMatchObject({ kind: 'signed' });
    const shown = await post('', `heads/${log.origin}`, 'GET');
    expect(parseCheckpoint(text)?.size).toBe(3);
    expect(shown.text).toBe(log.note(3));
  });
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
    await using running = await open(secure.file);
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
    const log = fresh();
    const stranger = noteKey(sha256, 'witness.example/bank', 'cosignature', LOG_KEY.publicKey);
    await expect(ask(log.request(0, 3), stranger)).rejects.toMatchObject({ code: 'REJECTED' });
  });

  it('knows one that is not there from one that refuses', async () => {
    const log = fresh();
    const away = httpWitness({
      ...nodePrimitives,
      url: 'http://127.0.0.1:1',
      key: witnessKey(),
      timeoutMs: 2000,
    });
    await expect(away(log.request(0, 3), new AbortController().signal)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});
