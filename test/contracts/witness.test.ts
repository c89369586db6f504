import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cosigned } from '../../src/anchoring/port.ts';
import { formatRequest, MAX_REQUEST_BYTES } from '../../src/anchoring/witness/exchange.ts';
import { parseCheckpoint } from '../../src/evidence/checkpoint.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { checkFraud } from '../../src/evidence/fraud.ts';
import { noteKey } from '../../src/evidence/note-key.ts';
import { formatNote, openNote, parseNote, signNote } from '../../src/evidence/note.ts';
import { seedSigner } from '../../src/anchoring/signer.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { AnchoredLog } from '../anchored-log.ts';
import { AskedWitness, keyOf } from './asked-witness.ts';

const { sha256 } = nodePrimitives;
const witness = new AskedWitness();

beforeAll(() => witness.open());
afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  expect(witness.failures).toEqual([]);
});

const stale = (size: bigint): Cosigned => ({
  kind: 'refused',
  why: { code: 'STALE_HEAD', size, root: null },
});
const refused = (code: string) => ({ kind: 'refused', why: { code } });

describe('a witness (the cases of the ledger suite that hold for it)', () => {
  it('takes a first head and later ones, one or many blocks on, and signs with its own time (1, 2)', async () => {
    const log = witness.fresh();
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 145],
      [145, 200],
    ] as const) {
      const before = Math.floor(Date.now() / 1000);
      const answer = await witness.ask(log.request(from, to));
      if (answer.kind !== 'signed') throw new Error(answer.why.code);
      const opened = openNote(utf8(log.note(to) + answer.line), [witness.key], nodePrimitives);
      expect(opened).toMatchObject({ ok: true, unknown: 1 });
      const time = opened.ok ? (opened.verified[0]?.at ?? 0) : 0;
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(Date.now() / 1000);
    }
  });

  it('gives another line for the head it knows, as often as it is asked (3)', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 5));
    for (let i = 0; i < 3; i++)
      expect(await witness.ask({ ...log.request(5, 5), proof: [] })).toMatchObject({ kind: 'signed' });
    expect(await witness.ask(log.request(5, 6))).toMatchObject({ kind: 'signed' });
  });

  it('takes the head of size 0, of which there is one text', async () => {
    const log = witness.fresh();
    expect(await witness.ask({ oldSize: 0n, proof: [], note: log.note(0) })).toMatchObject({
      kind: 'signed',
    });
    expect(await witness.ask(log.request(0, 3))).toMatchObject({ kind: 'signed' });
    expect(await witness.ask({ oldSize: 0n, proof: [], note: log.note(0) })).toEqual(stale(3n));
  });

  it('names the size it knows to whoever starts from another, and never goes back (4, 5)', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    expect(await witness.ask(log.request(3, 9))).toEqual(stale(7n));
    expect(await witness.ask(log.request(0, 9))).toEqual(stale(7n));
    expect(await witness.ask({ oldSize: 6n, proof: [], note: log.note(6) })).toEqual(stale(7n));
    expect(await witness.post(formatRequest({ oldSize: 9n, proof: [], note: log.note(8) }))).toMatchObject({
      status: 400,
    });
    const wire = await witness.post(formatRequest(log.request(3, 9)));
    expect(wire).toEqual({ status: 409, type: 'text/x.tlog.size', text: '7\n' });
  });

  it('refuses a rewritten history, of the same size and of a larger one, and keeps the fraud (6)', async () => {
    const log = witness.fresh();
    const forked = new AnchoredLog(log.origin, { forkAt: 4 });
    await witness.ask(log.request(0, 7));
    expect(await witness.ask({ oldSize: 7n, proof: [], note: forked.note(7) })).toEqual(stale(7n));
    expect(await witness.ask(forked.request(7, 9))).toEqual(refused('INCONSISTENT'));
    expect(await witness.ask(log.request(7, 8))).toMatchObject({ kind: 'signed' });
    const id = Buffer.from(sha256(utf8(log.origin)))
      .toString('hex')
      .slice(0, 16);
    const file = readFileSync(join(witness.site.state, 'fraud', `${id}.json`));
    const keys = [{ key: keyOf(log.origin), from: 0, to: null }];
    expect(checkFraud(file, () => keys, nodePrimitives)).toMatchObject({
      proved: true,
      origin: log.origin,
      first: { size: 7 },
      second: { size: 7 },
    });
  });

  it('keeps the fraud of a larger head whose own proof shows another past', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    const before = readdirSync(join(witness.site.state, 'fraud'));
    const forked = new AnchoredLog(log.origin, { forkAt: 4 });
    expect(await witness.ask(forked.request(7, 12))).toEqual(refused('INCONSISTENT'));
    const [file = ''] = readdirSync(join(witness.site.state, 'fraud')).filter((f) => !before.includes(f));
    const keys = [{ key: keyOf(log.origin), from: 0, to: null }];
    const verdict = checkFraud(
      readFileSync(join(witness.site.state, 'fraud', file)),
      () => keys,
      nodePrimitives,
    );
    expect(verdict).toMatchObject({ proved: true, first: { size: 7 }, second: { size: 12 } });
    expect(verdict.proved && verdict.otherRoot).toEqual(forked.rootAt(7));
  });

  it('refuses a proof that is too short, too long or wrong (7)', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    const good = log.request(7, 20);
    const wrong = good.proof.map((hash, i) => (i === 1 ? sha256(hash) : hash));
    for (const proof of [good.proof.slice(1), [...good.proof, sha256(utf8('more'))], wrong, []]) {
      expect(await witness.ask({ ...good, proof })).toEqual(refused('INCONSISTENT'));
    }
    expect(await witness.ask(good)).toMatchObject({ kind: 'signed' });
  });

  it('refuses a head that no key it knows has signed, and a log it does not know (8, 10)', async () => {
    const log = witness.fresh();
    const text = log.note(3).slice(0, log.note(3).indexOf('\n\n') + 1);
    const stranger = seedSigner(sha256(utf8('a stranger')));
    const key = noteKey(sha256, log.origin, 'ed25519', stranger.publicKey);
    const foreign = signNote(text, [{ key, sign: (m) => stranger.sign(m) }], sha256);
    expect(await witness.ask({ oldSize: 0n, proof: [], note: foreign })).toEqual(refused('BAD_SIGNATURE'));
    const unknown = new AnchoredLog('other.example/gw/00000000000000aa/0');
    expect(await witness.ask(unknown.request(0, 3))).toEqual(refused('NOT_PERMITTED'));
  });

  it('refuses a flipped bit in any field of the request (9)', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    const body = utf8(formatRequest(log.request(7, 20)));
    for (let i = 0; i < body.length; i++) {
      const flipped = body.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 1;
      const answer = await witness.post(flipped);
      expect(answer.status, `byte ${i}`).not.toBe(200);
      expect([400, 403, 404, 409, 422], `byte ${i}`).toContain(answer.status);
    }
    expect(await witness.post(body)).toMatchObject({ status: 200 });
  });

  it('lets one of two racers in, and tells the other (11)', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    const other = new AnchoredLog(log.origin, { forkAt: 7 });
    const racers = Array.from({ length: 20 }, (_, i) =>
      witness.ask((i % 2 === 0 ? log : other).request(7, 9)),
    );
    const answers = await Promise.all(racers);
    const signed = answers.filter((a) => a.kind === 'signed');
    expect(signed.length).toBe(1);
    expect(answers.filter((a) => a.kind === 'refused')).toEqual(Array.from({ length: 19 }, () => stale(9n)));
  });

  it('refuses lower epochs of a gateway once it signed a higher one (19, attack 31)', async () => {
    expect(await witness.ask(witness.at(1).request(0, 3))).toMatchObject({ kind: 'signed' });
    expect(await witness.ask(witness.at(0).request(0, 3))).toEqual(refused('NOT_PERMITTED'));
    expect(await witness.ask(witness.at(4).request(0, 2))).toMatchObject({ kind: 'signed' });
    expect(await witness.ask(witness.at(1).request(3, 5))).toEqual(refused('NOT_PERMITTED'));
    expect(await witness.ask(witness.at(2).request(0, 5))).toEqual(refused('NOT_PERMITTED'));
    expect(await witness.ask(witness.at(4).request(2, 5))).toMatchObject({ kind: 'signed' });
  });

  it('has the same memory and the same key after a restart, and the key is readable by its owner alone', async () => {
    const log = witness.fresh();
    await witness.ask(log.request(0, 7));
    const { vkey } = witness.running;
    await witness.close();
    await witness.open();
    expect(witness.running.vkey).toBe(vkey);
    expect(await witness.ask(log.request(0, 9))).toEqual(stale(7n));
    expect(statSync(join(witness.site.state, 'witness.db')).mode & 0o777).toBe(0o600);
    const shown = await witness.post('', `heads/${log.origin}`, 'GET');
    expect(shown).toMatchObject({ status: 200, text: log.note(7) });
  });

  it('takes no more than a request can have, and only what is one', async () => {
    const log = witness.fresh();
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
      expect(await witness.post(body), body.slice(0, 40)).toMatchObject({ status });
    }
    expect(await witness.post('', 'add-checkpoint', 'GET')).toMatchObject({ status: 405 });
    expect(await witness.post(good, 'something-else')).toMatchObject({ status: 404 });
    expect(await witness.post(good)).toMatchObject({ status: 200 });
  });

  it('ignores lines of others on the head, good or bad', async () => {
    const log = witness.fresh();
    const parsed = parseNote(utf8(log.note(3)));
    if (!parsed.ok) throw new Error(parsed.why);
    const { text, lines } = parsed.note;
    const other = { name: 'other.example/w', decoded: new Uint8Array(76) };
    const note = formatNote(text, [other, ...lines, other]);
    expect(await witness.ask({ oldSize: 0n, proof: [], note })).toMatchObject({ kind: 'signed' });
    const shown = await witness.post('', `heads/${log.origin}`, 'GET');
    expect(parseCheckpoint(text)?.size).toBe(3);
    expect(shown.text).toBe(log.note(3));
  });
});
