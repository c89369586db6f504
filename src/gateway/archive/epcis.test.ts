import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ORDER } from '../../../test/epcis/journal.ts';
import { bailee } from '../../cli/bailee.fixture.ts';
import { openArchive } from '../../buffer/archive.ts';
import type { EventKey, EventQuery, KeptEvent } from '../../domain/epcis-events.ts';
import type { Naming } from '../../epcis/journal/naming.ts';
import { GoodsVerb, RecordType, ReleaseStep, StatementKind, SystemCode } from '../../domain/record.ts';
import { readEvents } from '../../epcis/event-document.ts';
import { eventHash } from '../../epcis/event-hash.ts';
import { GS1_BASE } from '../../epcis/vocabulary.ts';
import { WITHDRAW_EVENT } from '../../epcis/journal/withdrawing.ts';
import { decodeSegment } from '../../evidence/segment.ts';
import { writeDocument } from '../../goods/document-reader.ts';
import { CONFIGURATION, Place, type Life } from '../data-directory.fixture.ts';
import { placeEnding } from '../keys/epoch-end.ts';
import { namingOf } from '../site/naming.ts';
import { sha256 } from '../site/primitives.ts';
import { EventDesk } from './event-desk.ts';
import { exportEvents } from './epcis-export.ts';
import { projectEvents } from './epcis-project.ts';
import { findEvents } from './epcis-read.ts';

// Commands run as programs of their own, beside all other tests.
vi.setConfig({ testTimeout: 120_000 });

const EPCIS = `epcis:
  window: 1m
  places: { cold-1: 'https://id.gs1.org/414/9521321000018/254/1' }
`;
const TAG = '3074257bf7194e4000001a85';

let place: Place;
beforeEach(() => {
  place = new Place(CONFIGURATION + EPCIS);
});
afterEach(() => {
  place[Symbol.dispose]();
});

function put(life: Life, verb: number, zone: string): void {
  life.pass(1000);
  const body = [verb, 'copper-7', Buffer.from(TAG, 'hex'), zone];
  life.core.intake.accept([
    { records: [{ slot: 0, t: life.core.intake.notBefore + 1000, type: RecordType.goods, body }] },
  ]);
}

async function naming(): Promise<Naming> {
  const made = namingOf(await place.site());
  if (made === null) throw new Error('no epcis:');
  return made;
}

/** Makes the events of what is sealed and gives all there are, as the worker does. */
async function events(filters: EventQuery['filters'] = []): Promise<readonly KeptEvent[]> {
  const args = { directory: place.data, naming: await naming() };
  using archive = openArchive(place.data);
  projectEvents(archive, args, () => undefined);
  return findEvents(archive, { directory: place.data, query: { filters, after: 0, limit: 1000 } }).events;
}

async function exported(name: string, keys: readonly EventKey[] = []): Promise<string> {
  const out = join(place.root, name);
  const args = { directory: place.data, naming: await naming(), from: 0, to: 8e15, keys, out };
  using archive = openArchive(place.data);
  expect(exportEvents(archive, args, () => undefined)).toMatchObject({ ok: true, value: { file: out } });
  return readFileSync(out, 'utf8');
}

function idsIn(document: string): unknown[] {
  const { epcisBody } = JSON.parse(document) as { epcisBody: { eventList: { eventID: string }[] } };
  return epcisBody.eventList.map((event) => event.eventID);
}

describe('events of a journal', () => {
  it('are those of sealed blocks, once each, the same ones however often they are made and exported', async () => {
    let first: readonly KeptEvent[];
    {
      using life = await place.boot();
      life.read('probe-1/temperature', 50, 55, 60);
      put(life, GoodsVerb.placed, 'cold-1');
      expect(await events()).toEqual([]);
      life.blocks.seal();
      first = await events();
      // Whether a window of readings ended meanwhile is a matter of the hour.
      const kinds = first.map((e) => e.kind).filter((kind) => kind !== 'sensor');
      expect(kinds).toEqual(['device', 'device', 'goods']);
      life.pass(60_000);
      life.read('probe-1/temperature', 61);
      life.blocks.seal();
    }
    using life = await place.boot();
    life.read('probe-1/temperature', 62);
    put(life, GoodsVerb.moved, 'yard');
    life.blocks.seal();
    const all = await events();
    expect(all.slice(0, first.length)).toEqual(first);
    expect(await events()).toEqual(all);
    const document = await exported('a.jsonld');
    expect(idsIn(document)).toEqual(all.map((e) => e.id));
    expect(await exported('b.jsonld')).toBe(document);
    const read = readEvents(Buffer.from(document));
    const hashes = (read.ok ? read.value : []).map(({ event }) =>
      event.ok ? eventHash(event.value, { version: '2.0', gs1Base: GS1_BASE }, sha256) : event.why,
    );
    expect(hashes).toEqual(idsIn(document));
    expect(idsIn(await exported('c.jsonld', [['lot', 'copper-7']]))).toHaveLength(2);
    const out = join(place.root, 'd.jsonld');
    const window = ['--from', '2020-01-01', '--to', '2100-01-01', '--epc', TAG, '--out', out];
    expect(await bailee('epcis', 'export', '--config', place.file, ...window)).toMatchObject({ code: 0 });
    expect(idsIn(readFileSync(out, 'utf8'))).toHaveLength(2);
  });

  it('name the very leaf of the log that they rest on', async () => {
    using life = await place.boot();
    life.blocks.seal();
    put(life, GoodsVerb.placed, 'cold-1');
    life.blocks.seal();
    const goods = (await events()).find((e) => e.kind === 'goods');
    const { 'bailee:evidence': evidence } = JSON.parse(goods?.json ?? '') as {
      'bailee:evidence': Record<string, unknown>;
    };
    const segment = life.journal.segment(1, 0);
    // A segment of one leaf has that leaf's hash as its root.
    const { root, n, seq0 } = decodeSegment(segment?.segment ?? new Uint8Array());
    expect(evidence).toEqual({
      'bailee:origin': 'consortium.example/gw/b0b1b2b3b4b5b6b7/0',
      'bailee:block': 1,
      'bailee:slot': 0,
      'bailee:seq': seq0,
      'bailee:leaf': Buffer.from(root).toString('hex'),
    });
    expect(n).toBe(1);
  });

  it('go on in the next epoch, with its streams and its origin', async () => {
    for (const epoch of [0, 1]) {
      using life = await place.boot();
      life.read('probe-1/temperature', 50 + epoch);
      life.blocks.seal();
      await events();
      const ending = { code: SystemCode.epochContinues, size: 1, at: null, next: 1, reason: 'stolen' };
      if (epoch === 0) placeEnding(place.data, ending);
    }
    const all = await events();
    const of = (epoch: number, kind: string): number =>
      all.filter((e) => e.kind === kind && e.json.includes(`b0b1b2b3b4b5b6b7/${epoch}"`)).length;
    expect([of(0, 'device'), of(1, 'device')]).toEqual([2, 2]);
    // What epoch 0 measured last is told when its window is known to be over.
    expect(of(0, 'sensor')).toBeGreaterThan(0);
  });

  it('find the content of an order that was told in the epoch before', async () => {
    const bytes = writeDocument(ORDER);
    const hash = sha256(bytes);
    for (const epoch of [0, 1]) {
      using life = await place.boot();
      const told = [StatementKind.orderContent, ORDER.order, 1, hash, 'api'];
      const step = [Buffer.from(ORDER.order, 'hex'), ReleaseStep.done, 1, ''];
      const t = life.core.intake.notBefore + 1000;
      const record =
        epoch === 0
          ? { slot: 0, t, type: RecordType.statement, body: told }
          : { slot: 0, t, type: RecordType.release, body: step };
      life.core.intake.accept(
        [{ records: [record] }],
        epoch === 0 ? { files: [{ sha256: hash, bytes }] } : {},
      );
      life.blocks.seal();
      const ending = { code: SystemCode.epochContinues, size: 1, at: null, next: 1, reason: 'stolen' };
      if (epoch === 0) placeEnding(place.data, ending);
    }
    expect((await events()).map((e) => e.kind)).toContain('release');
  });

  it('are made anew when another journal was put in the place of the one they are of', async () => {
    {
      using life = await place.boot();
      life.read('probe-1/temperature', 50);
      life.blocks.seal();
    }
    const image = join(place.root, 'image');
    cpSync(place.data, image, { recursive: true });
    {
      using life = await place.boot();
      put(life, GoodsVerb.placed, 'cold-1');
      life.blocks.seal();
    }
    expect((await events()).map((e) => e.kind)).toContain('goods');
    for (const ending of ['', '-wal', '-shm'])
      rmSync(join(place.data, `journal.db${ending}`), { force: true });
    cpSync(image, place.data, { recursive: true });
    expect((await events()).map((e) => e.kind)).not.toContain('goods');
  });

  it('that a person withdraws are told again as wrong, under the same name', async () => {
    using life = await place.boot();
    put(life, GoodsVerb.placed, 'cold-1');
    life.blocks.seal();
    const goods = (await events()).find((e) => e.kind === 'goods');
    const body = [
      2,
      'supervisor',
      WITHDRAW_EVENT,
      goods?.id ?? '',
      'did_not_occur',
      null,
      'scanned by mistake',
      0,
    ];
    life.core.intake.accept([
      { records: [{ slot: 0, t: life.core.intake.notBefore + 5000, type: RecordType.act, body }] },
    ]);
    life.blocks.seal();
    const declared = (await events()).filter((e) => e.isDeclaration);
    expect(declared.map(({ id, kind }) => [id, kind])).toEqual([[goods?.id, 'goods']]);
    expect(JSON.parse(declared[0]?.json ?? '')).toMatchObject({
      ...(JSON.parse(goods?.json ?? '') as object),
      recordTime: expect.any(String) as string,
      errorDeclaration: { reason: 'did_not_occur' },
    });
    expect(await events([{ kind: 'declaration' }])).toEqual(declared);
  });

  it('tell of a pallet what is on it, and of a case which pallet it is on', async () => {
    using life = await place.boot();
    const pallet = '3114257bf4499602d2000000';
    const bytes = writeDocument({
      kind: 'aggregation',
      parent: pallet,
      children: [TAG],
      on: true,
      zone: 'cold-1',
    });
    const hash = sha256(bytes);
    put(life, GoodsVerb.placed, 'cold-1');
    life.core.intake.accept(
      [
        {
          records: [
            {
              slot: 0,
              t: life.core.intake.notBefore + 1000,
              type: RecordType.statement,
              body: [StatementKind.aggregation, pallet, 1, hash, 'api'],
            },
          ],
        },
      ],
      { files: [{ sha256: hash, bytes }] },
    );
    const onPallet = Buffer.from(pallet, 'hex');
    const placed = [GoodsVerb.placed, 'copper-7', onPallet, 'cold-1'];
    life.core.intake.accept([
      { records: [{ slot: 0, t: life.core.intake.notBefore + 2000, type: RecordType.goods, body: placed }] },
    ]);
    life.blocks.seal();
    const kinds = (await events()).map((e) => e.kind);
    expect(kinds).toContain('aggregation');
    await using desk = new EventDesk(place.data, await naming(), {
      onMade: () => undefined,
      onError: () => undefined,
    });
    const sscc = 'https://id.gs1.org/00/106141412345678908';
    const item = 'https://id.gs1.org/01/80614141123458/21/6789';
    expect(desk.thing(sscc)).toMatchObject({
      uri: sscc,
      contains: [item],
      within: null,
      place: { zone: 'cold-1' },
    });
    expect(desk.thing(item)).toMatchObject({ uri: item, epc: TAG, contains: [], within: sscc });
    expect(desk.thing(`${item}0`)).toBeNull();
  });
});
