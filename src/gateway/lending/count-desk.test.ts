import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceError } from '../../domain/errors.ts';
import { RecordType, StatementKind, type LogRecord } from '../../domain/record.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { openStatement } from '../../evidence/statement.ts';
import { readDocument } from '../../goods/document-reader.ts';
import { policyFileOf } from '../keys/policy.ts';
import { sha256, verifyEd25519 } from '../site/primitives.ts';
import { CountRig, RECEIPT, TAGS } from './count-desk.fixture.ts';
import type { CountDesk } from './count-desk.ts';
import { epcSetHash } from './count-run.ts';

let rig: CountRig;
beforeEach(async () => {
  rig = await CountRig.open();
});
afterEach(() => {
  rig[Symbol.dispose]();
  expect(rig.errors).toEqual([]);
});

const replyOf = (desk: CountDesk, id = 'c-1') => desk.find(RECEIPT, id)?.reply ?? null;

describe('a count now', () => {
  it('is complete when healthy readers saw everything; its reply is in the log and signed', async () => {
    const desk = rig.deskOf();
    expect(desk.start(RECEIPT, rig.order())).toMatchObject({ state: 'running', reply: null, by: 'bank-a' });
    await rig.pass(desk, 1000, rig.round, ...TAGS.map((epc) => () => rig.sight(epc)));
    await rig.pass(desk, 1000, rig.round);
    expect(replyOf(desk)).toBeNull();
    await rig.pass(desk, 1000, rig.round);
    const done = desk.find(RECEIPT, 'c-1');
    expect(done?.reply).toMatchObject({
      challenge: 'c-1',
      nonce: '0f'.repeat(16),
      result: 'complete',
      reason: '',
      expected: 3,
      seen: 3,
      missing: 0,
      unexpected: 0,
      startedAt: rig.now - 3000,
      finishedAt: rig.now,
      readers: [{ stream: 'reader-1/shelf', healthy: true, rounds: 3 }],
    });
    expect(done?.reply?.epcSetHash).toBe(epcSetHash(Buffer.from(done?.lists?.salt ?? '', 'hex'), TAGS));

    const statement = rig.life.records.find(({ type }) => type === RecordType.statement);
    expect(statement?.body.slice(0, 3)).toEqual([StatementKind.count, RECEIPT, 3]);
    const named = statement?.body[3] as Uint8Array;
    expect(Buffer.from(named).toString('hex')).toBe(done?.document);
    expect(readDocument(rig.life.journal.file(named) ?? new Uint8Array())).toEqual({
      ok: true,
      value: done?.reply,
    });

    const policy = policyFileOf(rig.place.data);
    const parsed = policy.ok ? parsePolicy(Buffer.from(policy.value), sha256) : null;
    if (parsed?.ok !== true) throw new Error('no policy');
    const file = Buffer.from(JSON.stringify(done?.statement));
    const opened = openStatement(file, parsed.policy, rig.now, { sha256, verifyEd25519 });
    expect(opened).toMatchObject({
      ok: true,
      head: { kind: 'count-reply', subject: RECEIPT, asOf: rig.now },
    });
    expect(opened.ok && JSON.parse(opened.document)).toEqual({
      document: done?.document,
      reply: done?.reply,
      control: 'in-control',
      clock: { driftMs: 3, src: 2, err: 15 },
    });
  });

  it('is done once for the same order, and refused for another under its id', async () => {
    const desk = rig.deskOf();
    const first = rig.order();
    desk.start(RECEIPT, first);
    await rig.pass(desk, 1000, rig.round, rig.round, rig.round, ...TAGS.map((epc) => () => rig.sight(epc)));
    const done = desk.find(RECEIPT, 'c-1');
    expect(desk.start(RECEIPT, first)).toEqual(done);
    expect(done?.state).toBe('done');
    for (const other of [{ nonce: '1f'.repeat(16) }, { kind: 'weigh' }, { deadline: rig.now + 5 }] as const)
      expect(() => desk.start(RECEIPT, { ...first, ...other })).toThrow('was another order');
    expect(rig.life.records.filter(({ type }) => type === RecordType.statement)).toHaveLength(1);
    expect(rig.life.records.filter(({ type }) => type === RecordType.act)).toHaveLength(1);
  });

  it('names what is missing once every reader had its time, and what nobody knows', async () => {
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order());
    const seen = () => rig.sight(TAGS[0]);
    await rig.pass(
      desk,
      3000,
      rig.round,
      rig.round,
      rig.round,
      seen,
      () => rig.sight('e2000009'),
      () => rig.sight('e2ffffff'),
    );
    expect(replyOf(desk)).toBeNull();
    await rig.pass(desk, 7000, rig.round);
    expect(replyOf(desk)).toMatchObject({
      result: 'complete',
      expected: 3,
      seen: 1,
      missing: 2,
      unexpected: 1,
    });
    expect(desk.find(RECEIPT, 'c-1')?.lists).toMatchObject({
      missing: TAGS.slice(1),
      unexpected: ['e2ffffff'],
    });
  });

  it('takes nothing that was read before the order, or is told late', async () => {
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order());
    const before = rig.now - 1;
    await rig.pass(
      desk,
      10_000,
      rig.round,
      rig.round,
      rig.round,
      () => rig.sight(TAGS[0], before),
      () => rig.sight(TAGS[1], rig.now, 32),
    );
    expect(replyOf(desk)).toMatchObject({ result: 'complete', seen: 0, missing: 3 });
  });

  it.each<[string, () => (() => LogRecord)[]]>([
    [
      'was ill before',
      () => {
        rig.ill.add('reader-1');
        return [rig.round, rig.round, rig.round];
      },
    ],
    [
      'lost an antenna meanwhile',
      () => [
        rig.round,
        () => ({
          slot: 0,
          seq: 0,
          t: rig.now,
          type: RecordType.statement,
          body: [StatementKind.device, 'reader-1', 0, null, 'antenna 2 is not connected'],
        }),
        rig.round,
        rig.round,
      ],
    ],
    ['gave too few rounds', () => [rig.round, rig.round]],
  ])('is incomplete, not smaller, with a reader that %s', async (_, make) => {
    const records = make();
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order());
    await rig.pass(desk, 1000, ...records, ...TAGS.slice(1).map((epc) => () => rig.sight(epc)));
    await rig.pass(desk, 120_000);
    expect(replyOf(desk)).toMatchObject({ result: 'incomplete', readers: [{ healthy: false }] });
    expect(replyOf(desk)?.reason).toContain('reader-1/shelf');
  });

  it('is incomplete when a reference tag is not seen', async () => {
    rig.what = { zone: 'cold-1', expected: new Set(TAGS), references: ['e2aa0001'], scale: null };
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order());
    await rig.pass(desk, 10_000, rig.round, rig.round, rig.round, ...TAGS.map((epc) => () => rig.sight(epc)));
    expect(replyOf(desk)).toMatchObject({ result: 'incomplete', reason: 'reference tag not seen: e2aa0001' });
  });

  it('is incomplete at its deadline, by the timer, without any further record', async () => {
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order({ deadline: rig.now + 30 }));
    rig.now += 31;
    await expect.poll(() => replyOf(desk)?.result).toBe('incomplete');
  });

  it('weighs with the first weight at rest', async () => {
    const desk = rig.deskOf();
    desk.start(RECEIPT, rig.order({ kind: 'weigh' }));
    await rig.pass(desk, 100, () => rig.weight(900, 4));
    expect(replyOf(desk)).toBeNull();
    await rig.pass(desk, 100, () => rig.weight(1234, 0));
    expect(replyOf(desk)).toMatchObject({
      result: 'complete',
      weights: [{ stream: 'scale-1/weight', amount: { value: 1234, exp: 0, unit: 'kg' }, stable: true }],
      epcSetHash: null,
    });
  });

  it('takes a picture with every camera of the zone, and says which gave none', async () => {
    const bytes = sha256(Buffer.from('picture'));
    const desk = rig.deskOf();
    rig.picture = () => {
      desk.noteCommit([
        {
          slot: 0,
          seq: 0,
          t: rig.now,
          type: RecordType.blob,
          body: [bytes, 7, 'image/jpeg', 'cam-1', rig.now],
        },
      ]);
      return Promise.resolve();
    };
    desk.start(RECEIPT, rig.order({ kind: 'snapshot' }));
    await expect.poll(() => replyOf(desk)?.result).toBe('complete');
    expect(replyOf(desk)?.snapshots).toEqual([
      { sha256: Buffer.from(bytes).toString('hex'), at: rig.now, camera: 'cam-1' },
    ]);

    rig.picture = () => Promise.reject(new DeviceError('TIMEOUT', 'no answer in 5 s'));
    desk.start(RECEIPT, rig.order({ kind: 'snapshot', challengeId: 'c-2' }));
    await expect.poll(() => replyOf(desk, 'c-2')?.result).toBe('incomplete');
    expect(replyOf(desk, 'c-2')?.reason).toBe('no picture of cam-1: cam-1: no answer in 5 s');
  });
});
