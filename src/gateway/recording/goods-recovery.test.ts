import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordType, type Value } from '../../domain/record.ts';
import { openArchive } from '../../buffer/archive.ts';
import { decode, encode } from '../../evidence/cbor.ts';
import { replay } from '../archive/replay.ts';
import { CONFIGURATION, Place, type Life } from '../data-directory.fixture.ts';
import { GoodsDesk } from '../showing/goods-desk.ts';

const BY = { actor: 3, role: 'supervisor', reason: 'bound at intake' } as const;
const HASH = 'ab'.repeat(32);
const RECEIPT = {
  kind: 'receipt',
  receipt: HASH,
  number: 'WR-1',
  docHash: HASH,
  goodsKey: HASH,
  keeper: 'keeper',
  depositor: 'depositor',
  holder: 'bank',
  financier: 'bank',
  agreement: 'control-7',
  goods: { name: 'beef', spec: 'frozen', lot: 'beef-1', packages: 1, marks: '' },
  amount: { value: 1, exp: 0, unit: '1' },
  floor: null,
  place: { zone: 'cold-1', location: 'row 3' },
  epcs: ['3074257bf7194e4000001a85'],
  sources: ['probe-1/temperature', 'siren-1'],
  attestedBy: 'tags',
  scale: null,
  range: { quantity: 'temperature', min: -30, max: 8, unit: 'Cel', allowedMs: 60_000 },
  countWithinMs: 86_400_000,
  storage: { from: 1, until: null },
  lossPerMille: 0,
  insuredUntil: null,
  issuedAt: 1,
  override: null,
};

let place: Place;
let life: Life;
beforeEach(async () => {
  place = new Place(`${CONFIGURATION}goods: {}\n`);
  life = await place.boot();
});
afterEach(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function deskOf({ core }: Life): GoodsDesk {
  const { goods } = core.deciding;
  if (goods === null) throw new Error('no goods');
  return new GoodsDesk({
    goods,
    site: { zones: ['cold-1'], portals: [], sources: RECEIPT.sources, required: new Map() },
    add: (input) => {
      core.intake.accept([input]);
      input.committed?.();
      return true;
    },
    now: () => core.intake.notBefore,
    over: new AbortController().signal,
    fileOf: () => null,
  });
}

/** The part of goods in a state: [version, [name, part]*]. */
function goodsOf(state: Value): string {
  const [, ...parts] = Array.isArray(state) ? (state as readonly Value[]) : [];
  const goods = parts.find((row) => Array.isArray(row) && row[0] === 'goods');
  if (goods === undefined) throw new Error('the state has no goods');
  return Buffer.from(encode(goods)).toString('hex');
}

describe('goods after a start', () => {
  it('are what they were, alarms and the records behind them by the same names', async () => {
    await deskOf(life).tell(RECEIPT, BY);
    // The alarm of a warm room stands in slot 0, before its cause of the same time.
    life.read('probe-1/temperature', 50, 55, 60, 85, 90, 70, 60, 55);
    life.blocks.seal();
    life.pass(120_000);
    life.read('probe-1/temperature', 50, null, 95, 96, 60, 99);
    const alarms = life.records.filter(({ type }) => type === RecordType.alarm);
    expect(alarms.length).toBeGreaterThan(3);
    const before = goodsOf(life.core.deciding.encode());
    life[Symbol.dispose]();
    life = await place.boot();
    // What the start sealed is the state right at the end of what it found.
    const snapshot = life.journal.snapshot();
    expect(goodsOf(decode(snapshot?.bytes ?? new Uint8Array(0)))).toBe(before);
    life.read('probe-1/temperature', 60, 61, 99, 60);
    life.blocks.seal();
    using archive = openArchive(place.data, 0);
    const report = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
    expect(report).toMatchObject({ difference: null, starts: 2 });
  });
});
