import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../src/buffer/journal.ts';
import { GoodsVerb, RecordType } from '../src/domain/record.ts';
import type { StreamSpec } from '../src/domain/stream.ts';
import { encode } from '../src/evidence/cbor.ts';
import { Blocks } from '../src/gateway/recording/blocks.ts';
import type { Core } from '../src/gateway/recording/core.ts';
import { GoodsDesk } from '../src/gateway/showing/goods-desk.ts';
import { Goods } from '../src/goods/goods.ts';
import { coreWith } from './core-of-streams.ts';
import { quantile, type Figure, type PartResult } from './figures.ts';
import { usedBytes } from './heap.ts';

const ZONES = 200;
const REPORTS_PER_SECOND = 1500;
/** Ten commits a second, as they are by default. */
const PER_COMMIT = REPORTS_PER_SECOND / 10;
const LOTS = 2000;

/** What 100,000 tagged things in 200 zones cost, with 1,500 tag reports a second. */
export function benchGoods(quick: boolean): PartResult {
  const items = quick ? 20_000 : 100_000;
  const seconds = quick ? 10 : 60;
  const folder = mkdtempSync(join(tmpdir(), 'bailee-goods-'));
  try {
    return measured(folder, items, seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measured(folder: string, items: number, seconds: number): PartResult {
  using bare = openJournal(join(folder, 'bare'));
  const without = coreWith(bare, STREAMS, null);
  const bareShare = reporting(without, items, seconds);
  const bareSeal = sealing(blocksOf(without), without, items);

  using journal = openJournal(join(folder, 'data'));
  const empty = usedBytes();
  const zones = STREAMS.map(({ place }) => place);
  const core = coreWith(
    journal,
    STREAMS,
    (streams, kept) => (state) => Goods.decode({ streams, zones, portals: [], rules: [] }, kept, state),
  );
  const { goods } = core.deciding;
  if (goods === null) throw new Error('no goods');
  const blocks = blocksOf(core);
  placeAll(core, blocks, items);
  const share = reporting(core, items, seconds);
  blocks.seal();
  const mb = (usedBytes() - empty) / 1e6;
  const seal = sealing(blocks, core, items);
  const encoded = timesOf(9, () => encode(core.deciding.encode()));
  const desk = new GoodsDesk({
    goods,
    site: { zones, portals: [], sources: [], required: new Map() },
    add: () => false,
    now: () => core.clock.now(),
    over: new AbortController().signal,
    fileOf: () => null,
  });
  const figures: Figure[] = [
    { name: `${items} things, memory`, value: mb, unit: 'MB', beside: null, target: { most: 150 } },
    {
      name: `${REPORTS_PER_SECOND} tag reports/s`,
      value: share * 100,
      unit: '% of a core',
      beside: { name: 'without goods', value: bareShare * 100 },
      target: { most: 25 },
    },
    answer('a zone of 500, p99', () => void desk.zone(`zone-${random(ZONES)}`, '')),
    answer('a thing, p99', () => void desk.item(epcOf(random(items)))),
    answer('all zones', () => void desk.stock(), 9),
    { name: 'state encoded', value: quantile(encoded, 0.5), unit: 'ms', beside: null, target: null },
    {
      name: 'sealing a block',
      value: seal,
      unit: 'ms',
      beside: { name: 'without goods', value: bareSeal },
      target: { most: bareSeal + 25 },
    },
  ];
  const bytes = encode(core.deciding.encode()).length;
  return {
    part: 'goods',
    figures,
    notes: [
      `${ZONES} zones with a reader each; a snapshot has ${(bytes / 1e6).toFixed(1)} MB; ${seconds} s of reports in commits of ${PER_COMMIT}`,
    ],
  };
}

const STREAMS: readonly StreamSpec[] = Array.from({ length: ZONES }, (_, i) => ({
  id: `reader-${i}/tags`,
  dev: `reader-${i}`,
  ch: 'tags',
  kind: 2,
  quantity: 'tags',
  unit: '1',
  exp: 0,
  cadenceMs: 1000,
  maxGapMs: 120_000,
  place: `zone-${i}`,
  src: 1,
  urgent: false,
}));

function blocksOf(core: Core): Blocks {
  const { identity } = core.settings;
  return new Blocks({ identity, core, maxLeaves: 60_000, flush: () => undefined, onSealed: () => undefined });
}

function epcOf(n: number): string {
  return `3074257bf7194e4000${n.toString(16).padStart(6, '0')}`;
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function placeAll(core: Core, blocks: Blocks, items: number): void {
  for (let at = 0; at < items; at += 500) {
    const t = core.clock.now();
    const records = Array.from({ length: Math.min(500, items - at) }, (_, i) => {
      const n = at + i;
      const epc = new Uint8Array(Buffer.from(epcOf(n), 'hex'));
      return {
        slot: 0,
        t,
        type: RecordType.goods,
        body: [GoodsVerb.placed, `lot-${n % LOTS}`, epc, `zone-${n % ZONES}`],
      };
    });
    blocks.accept([{ records }]);
  }
}

/** Share of a core that so many seconds of reports take, commits, fsync and signatures included. */
function reporting(core: Core, items: number, seconds: number): number {
  const blocks = blocksOf(core);
  const begun = process.cpuUsage();
  let n = 0;
  for (let commit = 0; commit < seconds * 10; commit++) {
    const t = core.clock.now();
    const records = Array.from({ length: PER_COMMIT }, () => {
      const item = (n += 7919) % items;
      const epc = new Uint8Array(Buffer.from(epcOf(item), 'hex'));
      return {
        slot: 1 + (item % ZONES),
        t,
        type: RecordType.observation,
        body: [epc, null, 1, t, t, 3, -5500, 0],
      };
    });
    blocks.accept([{ records }]);
  }
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6 / seconds;
}

/** Median of sealing a block in which 6,000 tags were reported. */
function sealing(blocks: Blocks, core: Core, items: number): number {
  return quantile(
    timesOf(
      9,
      () => void blocks.seal(),
      () => void reporting(core, items, 4),
    ),
    0.5,
  );
}

function timesOf(runs: number, work: () => void, before: () => void = () => undefined): number[] {
  const times = Array.from({ length: runs }, () => {
    before();
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return times.sort((a, b) => a - b);
}

function answer(name: string, work: () => void, runs = 1000): Figure {
  const value = quantile(timesOf(runs, work), 0.99);
  return { name, value, unit: 'ms', beside: null, target: { most: 20 } };
}
