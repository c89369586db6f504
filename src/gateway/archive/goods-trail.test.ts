import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteArchive } from '../../buffer/archive.ts';
import { journalPath, openForReading } from '../../buffer/connection.ts';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import type { ReceiptBinding } from '../../domain/goods/documents.ts';
import { EVENTS_SLOT, GoodsVerb, RecordType, StatementKind, type Value } from '../../domain/record.ts';
import { decodeItems } from '../../evidence/cbor.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { verify } from '../../evidence/verify.ts';
import { indexZip, unpack } from '../../evidence/zip.ts';
import { writeDocument } from '../../goods/document-reader.ts';
import { bindingOf, RECEIPT } from '../../goods/story.fixture.ts';
import { CONFIGURATION, Place, type Life } from '../data-directory.fixture.ts';
import { policyFileOf } from '../keys/policy.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';
import { exportBundles, type ExportArgs } from './export.ts';

const OTHER = 'b2'.repeat(32);
const TWO_ROOMS = CONFIGURATION.replace(
  'devices:',
  '  - { id: cold-2, title: { en: Cold room 2, zh: 二号冷库 } }\ngoods: {}\ndevices:',
).replace(
  '      - { id: siren-1',
  '      - { id: probe-2, unit: 2, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-2 }\n      - { id: siren-1',
);
const COLD = { quantity: 'temperature', min: null, max: 8, unit: 'Cel', allowedMs: 0 };

let place: Place;
let life: Life;
beforeEach(async () => {
  place = new Place(TWO_ROOMS);
  life = await place.boot();
});
afterEach(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function put(type: RecordType, body: readonly Value[], document: Uint8Array | null = null): void {
  const files = document === null ? [] : [{ sha256: sha256(document), bytes: document }];
  const t = life.core.intake.notBefore;
  life.blocks.record({ records: [{ slot: EVENTS_SLOT, t, type, body }], files }, {});
}

function state(document: ReceiptBinding, subject: string): Uint8Array {
  const bytes = writeDocument(document);
  put(RecordType.statement, [StatementKind.receipt, subject, 1, sha256(bytes), 'api'], bytes);
  return bytes;
}

function bind(receipt: string, lot: string, range: typeof COLD | null = COLD): Uint8Array {
  const document = bindingOf({
    receipt,
    goods: { ...bindingOf().goods, lot },
    place: { zone: 'cold-1', location: 'A1' },
    sources: ['probe-1/temperature'],
    range,
  });
  return state(document, receipt);
}

function pass(): void {
  life.read('probe-1/temperature', 50, 51, 52);
  life.read('probe-2/temperature', 41, 42, 43);
}

function exported(change: Partial<ExportArgs>) {
  const ask = {
    kind: 'range',
    unit: null,
    min: null,
    max: null,
    maxGapMs: null,
    allowOutMs: 0,
    allowGapMs: 600_000,
  } as const;
  const wish: BundleWish = {
    select: { kind: 'receipt', receipt: RECEIPT },
    ask,
    from: 0,
    to: 9e15,
    mode: 'full',
    times: [],
    events: false,
  };
  using archive = new SqliteArchive(openForReading(journalPath(place.data)));
  const args = {
    ...wish,
    directory: place.data,
    policyFile: null,
    out: join(place.root, 'goods.zip'),
    firstOnly: false,
  };
  return exportBundles(archive, { ...args, ...change }, () => undefined);
}

function verdictOf(file: string) {
  const policy = policyFileOf(place.data);
  const parsed = policy.ok ? parsePolicy(Buffer.from(policy.value), sha256) : null;
  if (parsed?.ok !== true) throw new Error('no policy');
  return verify(readFileSync(file), parsed.policy, null, nodePrimitives);
}

function unpacked(file: string): ReadonlyMap<string, Uint8Array> {
  const zip = indexZip(readFileSync(file));
  if (!zip.ok) throw new Error('no bundle');
  return new Map(
    [...zip.entries].map(([name, entry]) => [
      name,
      unpack(entry, nodePrimitives.inflate) ?? new Uint8Array(),
    ]),
  );
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

describe('the bundles of a receipt', () => {
  it('are one for each place the goods lay in, with the events about them and nothing about others', () => {
    pass();
    const other = bind(OTHER, 'lot-9');
    const own = bind(RECEIPT, 'lot-1');
    pass();
    put(RecordType.goods, [GoodsVerb.moved, 'lot-9', null, 'cold-2']);
    pass();
    life.blocks.seal();
    put(RecordType.goods, [GoodsVerb.moved, 'lot-1', null, 'cold-2']);
    const movedAt = life.records.at(-1)?.t ?? 0;
    pass();
    life.blocks.seal();

    const made = exported({ to: (life.journal.block(1)?.t1 ?? 0) - 1 });
    if (!made.ok) throw new Error(made.why);
    const [first, second, ...more] = made.value.bundles;
    if (first === undefined || second === undefined) throw new Error('not two');
    expect(more).toEqual([]);
    const bound = life.records.filter(
      ({ type, body }) => type === RecordType.statement && body[0] === StatementKind.receipt,
    );
    expect(first.question).toMatchObject({
      kind: 'range',
      from: bound[1]?.t,
      to: movedAt,
      unit: 'Cel',
      max: 80,
    });
    expect(second.question).toMatchObject({ from: movedAt });
    const slotOf = (id: string) => life.core.streams.find((s) => s.id === id)?.slot;
    // The source that the receipt names goes on being shown where the goods went.
    expect(first.question.slots).toEqual([slotOf('probe-1/temperature')]);
    expect(second.question.slots).toEqual([slotOf('probe-1/temperature'), slotOf('probe-2/temperature')]);
    for (const { file } of made.value.bundles)
      expect(verdictOf(file)).toMatchObject({ evidence: 'valid', failure: null });

    const files = unpacked(first.file);
    expect([...files.keys()].filter((n) => n.startsWith('files/') || n.startsWith('rules/'))).toEqual([
      `files/${Buffer.from(sha256(own)).toString('hex')}`,
    ]);
    expect([...files.keys()].filter((n) => n.startsWith('streams/0/'))).toEqual([
      'streams/0/descriptors.cbor',
      'streams/0/segments.cbor',
      'streams/0/some.cbor',
    ]);
    const whole = Buffer.concat([...files.values()]);
    expect(whole.includes(OTHER)).toBe(false);
    expect(whole.includes('lot-9')).toBe(false);
    expect(whole.includes(Buffer.from(sha256(other)))).toBe(false);
    // Of the gateway's own events: the binding, and what rules and alarms say of the probe.
    const shown = [...decodeItems(files.get('streams/0/some.cbor') ?? new Uint8Array())];
    const types = shown.map((item) => Number(listOf(listOf(item)[2] ?? null)[3]));
    expect(types.filter((type) => type === RecordType.statement)).toHaveLength(1);
    const about: readonly number[] = [RecordType.statement, RecordType.finding, RecordType.alarm];
    expect(types.filter((type) => !about.includes(type))).toEqual([]);
  });

  it('for who asks for the first only end where the goods were moved', () => {
    bind(RECEIPT, 'lot-1');
    pass();
    put(RecordType.goods, [GoodsVerb.moved, 'lot-1', null, 'cold-2']);
    const movedAt = life.records.at(-1)?.t ?? 0;
    pass();
    life.blocks.seal();
    const made = exported({ firstOnly: true });
    expect(made.ok && made.value.bundles.map((b) => b.question.to)).toEqual([movedAt]);
    const next = exported({ firstOnly: true, from: movedAt });
    expect(next.ok && next.value.bundles.map((b) => b.question.from)).toEqual([movedAt]);
  });

  it('are the same by lot, and of one that the log does not have there are none', () => {
    bind(RECEIPT, 'lot-1');
    pass();
    life.blocks.seal();
    const made = exported({ select: { kind: 'lot', lot: 'lot-1' } });
    expect(made.ok && made.value.bundles).toHaveLength(1);
    expect(exported({ select: { kind: 'lot', lot: 'lot-2' } })).toMatchObject({
      ok: false,
      why: 'the log has no lot lot-2 in this epoch',
    });
    expect(exported({ select: { kind: 'receipt', receipt: OTHER } })).toMatchObject({ ok: false });
  });
});
