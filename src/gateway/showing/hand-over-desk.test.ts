import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HandOver } from '../../domain/goods/documents.ts';
import { handOverMessage, type Hand } from '../../domain/goods/hand-over.ts';
import { writeDocument } from '../../goods/document-reader.ts';
import { replay } from '../archive/replay.ts';
import { openArchive } from '../../buffer/archive.ts';
import type { Life, Place } from '../data-directory.fixture.ts';
import { BY, handOverPlace, handOverTerms, SUPERVISOR } from './hand-over.fixture.ts';
import { RecordType, SystemCode } from '../../domain/record.ts';
import { acrossEpochs } from '../archive/across-epochs.ts';
import { EvidenceFreezer } from './evidence-freezer.ts';
import { HandOverDesk } from './hand-over-desk.ts';

const TERMS = handOverTerms();

type Key = { readonly raw: string; readonly secret: KeyObject };

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { raw: der.subarray(-32).toString('hex'), secret: privateKey };
}

/** As a phone or a party's own program signs: over the document's digest and the hand. */
function signed(key: Key, hand: Hand, terms: HandOver = TERMS): { key: string; signature: string } {
  const digest = createHash('sha256').update(writeDocument(terms)).digest();
  const message = handOverMessage(digest, hand);
  return { key: key.raw, signature: sign(null, message, key.secret).toString('hex') };
}

describe('a hand-over', () => {
  let place: Place;
  let life: Life;
  let desk: HandOverDesk;
  let freezer: EvidenceFreezer | null = null;
  const giver = newKey();
  const taker = newKey();

  function deskOf(on: Life): HandOverDesk {
    const { goods } = on.core.deciding;
    if (goods === null) throw new Error('no goods');
    return new HandOverDesk({
      handOvers: goods.handOvers,
      zones: ['dock'],
      add: (input) => {
        on.core.intake.accept([input]);
        return true;
      },
      now: () => on.core.intake.notBefore,
      over: new AbortController().signal,
      fileOf: (id, seq) => freezer?.fileOf(id, seq) ?? null,
    });
  }

  beforeEach(async () => {
    place = handOverPlace();
    life = await place.boot();
    desk = deskOf(life);
    await desk.trust('coldtruck', giver.raw, true, SUPERVISOR);
    await desk.trust('store-7', taker.raw, true, SUPERVISOR);
  });
  afterEach(() => {
    life[Symbol.dispose]();
    place[Symbol.dispose]();
  });

  it('is complete with both signatures, and reads incomplete with one of them', async () => {
    await desk.begin(TERMS, BY);
    expect(desk.get(TERMS.handOver)?.state).toBe('incomplete');
    await desk.sign(TERMS.handOver, 'giver', signed(giver, 'giver'), BY);
    expect(desk.get(TERMS.handOver)).toMatchObject({
      state: 'incomplete',
      giver: { key: giver.raw },
      taker: null,
    });
    await desk.sign(TERMS.handOver, 'taker', signed(taker, 'taker'), BY);
    expect(desk.get(TERMS.handOver)?.state).toBe('complete');
  });

  it('is the same after a restart, and a replay of the journal differs in nothing', async () => {
    await desk.begin(TERMS, BY);
    await desk.sign(TERMS.handOver, 'giver', signed(giver, 'giver'), BY);
    await desk.object(
      TERMS.handOver,
      { by: 'store-7', code: 'wet', note: 'three cartons', pictures: [] },
      BY,
    );
    const before = desk.list();
    expect(before[0]?.state).toBe('disputed');
    life[Symbol.dispose]();
    life = await place.boot();
    desk = deskOf(life);
    expect(desk.list()).toEqual(before);
    await desk.sign(TERMS.handOver, 'taker', signed(taker, 'taker'), BY);
    await desk.settle(TERMS.handOver, SUPERVISOR);
    expect(desk.get(TERMS.handOver)?.state).toBe('complete');
    life.blocks.seal();
    using archive = openArchive(place.data, 0);
    const report = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
    expect(report).toMatchObject({ difference: null, starts: 2 });
  });

  it.each<[what: string, hand: Hand, made: () => { key: string; signature: string }, why: RegExp]>([
    ['of a key nobody trusts', 'taker', () => signed(newKey(), 'taker'), /key: is not on record for store-7/],
    ['of the other hand', 'taker', () => signed(taker, 'giver'), /signature: does not verify/],
    ['of another text', 'giver', () => signed(giver, 'giver', { ...TERMS, zone: 'yard' }), /does not verify/],
    [
      'with one bit changed',
      'giver',
      () => {
        const { key, signature } = signed(giver, 'giver');
        const last = Number.parseInt(signature.slice(0, 1), 16) ^ 1;
        return { key, signature: last.toString(16) + signature.slice(1) };
      },
      /does not verify/,
    ],
  ])('takes no signature %s', async (_, hand, made, why) => {
    await desk.begin(TERMS, BY);
    await expect(desk.sign(TERMS.handOver, hand, made(), BY)).rejects.toThrow(why);
    expect(desk.get(TERMS.handOver)?.[hand]).toBeNull();
  });

  it('takes no key that was taken back, no second signature, no second text and no stranger’s objection', async () => {
    await desk.begin(TERMS, BY);
    await expect(desk.begin({ ...TERMS, at: 5 }, BY)).rejects.toThrow('HO-2026-17 is on record already');
    await desk.sign(TERMS.handOver, 'giver', signed(giver, 'giver'), BY);
    await expect(desk.sign(TERMS.handOver, 'giver', signed(giver, 'giver'), BY)).rejects.toThrow(
      'by: the giver has signed already',
    );
    await desk.trust('store-7', taker.raw, false, SUPERVISOR);
    await expect(desk.sign(TERMS.handOver, 'taker', signed(taker, 'taker'), BY)).rejects.toThrow(
      'key: is not on record for store-7',
    );
    const stranger = { by: 'nobody', code: 'x', note: 'y', pictures: [] };
    await expect(desk.object(TERMS.handOver, stranger, BY)).rejects.toThrow(
      'by: nobody is neither coldtruck',
    );
    await expect(desk.settle(TERMS.handOver, SUPERVISOR)).rejects.toThrow('nothing is objected');
  });

  it('names every field that is wrong, and what would be right', async () => {
    await expect(desk.begin({ ...TERMS, at: 'noon', goods: null }, BY)).rejects.toThrow(/goods.*; at:/);
    await expect(desk.begin({ ...TERMS, zone: 'moon' }, BY)).rejects.toThrow('known: dock');
    await expect(desk.begin({ ...TERMS, taker: 'coldtruck' }, BY)).rejects.toThrow('taker: is the giver');
    expect(desk.list()).toEqual([]);
  });

  it('has a link for each hand, which shows it the very text; new links end those before', async () => {
    const { giver: path } = await desk.begin(TERMS, BY);
    const token = path.slice('/dock/'.length);
    const shown = desk.dock(token);
    expect(shown?.by).toBe('giver');
    expect(
      createHash('sha256')
        .update(shown?.document ?? '')
        .digest('hex'),
    ).toBe(shown?.handOver.sha256);
    desk.link(TERMS.handOver);
    expect(desk.dock(token)).toBeNull();
    expect(desk.dock('guessed')).toBeNull();
  });

  it('keeps what was recorded 10 minutes before and after an objection, by itself, once it is sealed', async () => {
    const { handOvers } = life.core.deciding.goods ?? {};
    let sealed = 0;
    await using keeping = new EvidenceFreezer({
      past: acrossEpochs(place.data),
      folder: join(place.data, 'frozen'),
      handOvers: () => handOvers?.list() ?? [],
      sealedUntil: () => sealed,
      log: { info: () => undefined, warn: () => undefined },
    });
    freezer = keeping;
    await desk.begin(TERMS, BY);
    await desk.object(TERMS.handOver, { by: 'store-7', code: 'warm', note: 'at 9 °C', pictures: [] }, BY);
    const seq = desk.list()[0]?.exceptions[0]?.seq ?? -1;
    life.blocks.seal();
    await keeping.look();
    expect(desk.list()[0]?.exceptions[0]?.kept).toBe(false);
    const t = life.core.intake.notBefore + 660_000;
    const tick = { slot: 0, t, type: RecordType.system, body: [SystemCode.clock, null, null, null] };
    life.core.intake.accept([{ records: [tick] }]);
    life.blocks.seal();
    sealed = t;
    await keeping.look();
    expect(desk.list()[0]?.exceptions[0]?.kept).toBe(true);
    const made = desk.evidence(TERMS.handOver, seq);
    const bytes = await buffer(made?.content ?? Readable.from([]));
    expect(bytes.length).toBe(made?.bytes);
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(desk.evidence(TERMS.handOver, seq + 1)).toBeNull();
    freezer = null;
  });
});
