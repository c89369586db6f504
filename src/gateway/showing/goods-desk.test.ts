import { afterEach, beforeEach, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { RecordType } from '../../domain/record.ts';
import { encode } from '../../evidence/cbor.ts';
import { replay } from '../archive/replay.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { GoodsDesk } from './goods-desk.ts';

const CONFIGURATION = `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
zones:
  - { id: dock, title: { en: Dock, zh: 月台 } }
  - { id: shelf-a, title: { en: Shelf A, zh: 货架 A } }
goods: {}
devices:
  - id: reader-1
    driver: llrp
    host: 127.0.0.1
    points:
      - { name: shelf, antennas: [1], zone: shelf-a }
rules: [rules/cold.yaml]
`;
const RULES = `- id: reader-silent
  title: { en: Reader silent, zh: 读写器无数据 }
  basis: R22
  kind: silent
  on: { quantity: tags }
  for: 3 cadences
  clear-after: 1 sample
  priority: medium
`;
const EPC = '3074257bf7194e4000001a85';
const HASH = 'ab'.repeat(32);
const BY = { actor: 2, role: 'operator', reason: 'arrived by truck' } as const;

let place: Place;
let life: Life;
beforeEach(async () => {
  place = new Place(CONFIGURATION, RULES);
  life = await place.boot();
});
afterEach(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function deskOf(on: Life): GoodsDesk {
  const { goods } = on.core.deciding;
  if (goods === null) throw new Error('no goods');
  return new GoodsDesk({
    goods,
    site: { zones: ['dock', 'shelf-a'], portals: [], sources: ['reader-1'], required: new Map() },
    add: (input) => {
      on.core.intake.accept([input]);
      return true;
    },
    now: () => on.core.intake.notBefore,
    over: new AbortController().signal,
    fileOf: () => null,
  });
}

/** One inventory of the shelf. */
function shelf(on: Life, ...epcs: string[]): void {
  const slot = on.core.streams.find((s) => s.kind === 2)?.slot ?? -1;
  const t = on.core.intake.notBefore + 1000;
  const seen = epcs.map((epc) => {
    const body = [new Uint8Array(Buffer.from(epc, 'hex')), null, 1, t - 100, t - 50, 3, -5500, 0];
    return { slot, t, type: RecordType.observation, body };
  });
  const round = { slot, t, type: RecordType.round, body: [epcs.length, 3] };
  on.core.intake.accept([{ records: [...seen, round] }]);
}

it('what people put on record is there after a restart, from snapshot and unsealed records, and is replayed', async () => {
  const desk = deskOf(life);
  await desk.act([{ verb: 'place', lot: 'cu-1', zone: 'shelf-a', epcs: [EPC, `${EPC.slice(0, -1)}6`] }], BY);
  shelf(life, EPC);
  life.blocks.seal();
  await desk.tell(
    { kind: 'aggregation', parent: 'a0'.repeat(6), children: [EPC], on: true, zone: 'shelf-a' },
    BY,
  );
  await desk.act([{ verb: 'place', lot: 'wheat', zone: 'dock', epcs: null }], BY);
  const told = await desk.tell(
    {
      kind: 'quantity',
      lot: 'wheat',
      zone: 'dock',
      amount: { value: 12, exp: 0, unit: 't' },
      by: 'weighbridge',
      gross: 30,
      tare: 18,
      declared: 12,
      ticket: 'W-7',
    },
    BY,
  );
  expect(life.journal.file(new Uint8Array(Buffer.from(told.sha256, 'hex')))).not.toBeNull();
  shelf(life, EPC);
  const before = encode(life.core.deciding.goods?.encode() ?? null);

  life[Symbol.dispose]();
  life = await place.boot();
  const again = deskOf(life);
  // The start is known too: readers have to be heard anew.
  expect(again.item(EPC)).toMatchObject({
    lot: 'cu-1',
    zone: 'shelf-a',
    parent: 'a0'.repeat(6),
    presence: 'seen',
  });
  expect(again.item(`${EPC.slice(0, -1)}6`)).toMatchObject({ presence: 'unknown' });
  expect(again.lot('wheat')).toMatchObject({
    isGone: false,
    bulks: [{ zone: 'dock', told: { ticket: 'W-7' } }],
  });
  expect(encode(life.core.deciding.goods?.encode() ?? null)).not.toEqual(before);
  shelf(life, EPC);
  life.blocks.seal();
  using archive = openArchive(place.data, 0);
  const report = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
  expect(report).toMatchObject({ difference: null, starts: 2 });
  expect(report.inputs).toBeGreaterThan(12);
});

it('one act of many is refused whole, and leaves nothing', async () => {
  const desk = deskOf(life);
  const before = life.records.length;
  const acts = [
    { verb: 'place', lot: 'cu-1', zone: 'shelf-a', epcs: [EPC] },
    { verb: 'move', lot: null, zone: 'attic', epcs: [EPC] },
  ] as const;
  await expect(desk.act(acts, BY)).rejects.toMatchObject({
    code: 'INVALID',
    message: 'zone: attic is no zone of this configuration; known: dock, shelf-a',
  });
  expect(desk.item(EPC)).toBeNull();
  expect(life.records).toHaveLength(before);
});

it('a document is refused with every field that is wrong, and what binds others is a supervisor’s', async () => {
  const desk = deskOf(life);
  await expect(
    desk.tell({ kind: 'aggregation', parent: 'xx', children: [], on: 1, zone: 'dock' }, BY),
  ).rejects.toThrow(
    /^parent: must be an EPC .*, not "xx"; children: must be a list of 1 to 10000 entries, not "a list"; on: must be true or false, not "1"$/,
  );
  const order = {
    kind: 'order',
    order: '5a'.repeat(32),
    direction: 'in',
    receipt: null,
    lot: 'x',
    epcs: null,
    amount: { value: 1, exp: 0, unit: '1' },
    portal: 'p',
    zone: 'dock',
    from: 1,
    until: 2,
    vehicle: null,
  };
  await expect(desk.tell(order, BY)).rejects.toThrow('kind: order has a call of its own');
  const receipt = {
    kind: 'receipt',
    receipt: HASH,
    number: 'WR-1',
    docHash: HASH,
    goodsKey: HASH,
    keeper: 'keeper',
    depositor: 'depositor',
    holder: 'bank',
    financier: null,
    agreement: null,
    goods: { name: 'copper', spec: '', lot: 'cu-1', packages: 2, marks: '' },
    amount: { value: 2, exp: 0, unit: '1' },
    floor: null,
    place: { zone: 'dock', location: '' },
    epcs: [EPC],
    sources: ['reader-1'],
    attestedBy: 'tags',
    scale: null,
    range: null,
    countWithinMs: 86_400_000,
    storage: { from: 1, until: null },
    lossPerMille: 0,
    insuredUntil: null,
    issuedAt: 1,
    override: null,
  };
  await expect(desk.tell(receipt, BY)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  const supervisor = { ...BY, role: 'supervisor' } as const;
  await expect(desk.tell(receipt, supervisor)).rejects.toThrow('says 2 pieces and names 1 tags: count again');
  await expect(desk.tell({ ...receipt, sources: ['reader-2'] }, supervisor)).rejects.toThrow(
    'sources: reader-2 is no stream or device here; did you mean "reader-1"?',
  );
  const override = { by: 2, reason: 'one tag fell off' };
  await desk.tell({ ...receipt, override }, supervisor);
  expect(desk.item(EPC)).toMatchObject({ receipts: [HASH], zone: 'dock', lot: 'cu-1' });
});

it('a zone is told with why nothing can be said of it', () => {
  const desk = deskOf(life);
  expect(desk.zone('attic', '')).toBeNull();
  expect(desk.stock().map(({ zone, why }) => [zone, why])).toEqual([
    ['dock', 'no-read-point'],
    ['shelf-a', 'reader-silent'],
  ]);
  shelf(life, EPC);
  expect(desk.item(EPC)).toMatchObject({ onRecord: false, seenZone: 'shelf-a', presence: null });
  expect(desk.zone('shelf-a', '')).toMatchObject({ unexpected: 1, strangers: [EPC], why: null });
});
