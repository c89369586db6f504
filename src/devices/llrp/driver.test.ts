import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Arrival, HealthNote, InventoryRound, Refusal, TagObservation } from '../../domain/device.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import { llrp } from './driver.ts';
import { IMPINJ_VENDOR } from './definitions.ts';
import { simulateLlrp, type SimulatedLlrp } from './simulator.ts';

const ENTRY = {
  id: 'portal-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  settle: '200ms',
  gone: '800ms',
  tid: true,
  points: [
    { name: 'dock', antennas: [1, 2], power: '27.1 dBm', zone: 'dock' },
    { name: 'shelf', antennas: [3] },
  ],
};
const ZEBRA = 161;

/** A reader and the driver that talks to it, and all that it brought. */
class Rig implements AsyncDisposable {
  readonly observations: TagObservation[] = [];
  readonly rounds: InventoryRound[] = [];
  readonly readings: Reading[] = [];
  readonly health: HealthNote[] = [];
  readonly refusals: Refusal[] = [];
  readonly reader: SimulatedLlrp;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #close: () => PromiseLike<void>;

  private constructor(reader: SimulatedLlrp, entry: object, aheadMs: number) {
    this.reader = reader;
    const checked = llrp.configure({ ...entry, port: reader.port }, () => undefined);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const open = checked.value.open({
      now: () => Date.now() - aheadMs,
      log: () => undefined,
      secret: () => Promise.reject(new Error('there is no secret')),
    });
    const [device] = open.pushing;
    if (device === undefined) throw new Error('nothing pushes');
    this.#running = device.subscribe((arrival) => this.#take(arrival), this.#stop.signal);
    this.#close = () => open[Symbol.asyncDispose]();
  }

  static async open(options: { vendor?: number; entry?: object; aheadMs?: number } = {}): Promise<Rig> {
    const { vendor = IMPINJ_VENDOR, entry = ENTRY, aheadMs = 0 } = options;
    return new Rig(await simulateLlrp(entry, { host: '127.0.0.1', port: 0 }, vendor), entry, aheadMs);
  }

  async until(what: string, wanted: () => boolean, ms = 8000): Promise<void> {
    const end = performance.now() + ms;
    while (!wanted()) {
      if (performance.now() > end)
        throw new Error(`${what} never came; health ${this.health.at(-1)?.reason}`);
      await delay(20);
    }
  }

  async healthBecomes(reason: string): Promise<void> {
    await this.until(reason, () => this.health.at(-1)?.reason === reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#close();
    await this.reader[Symbol.asyncDispose]();
  }

  #take(arrival: Arrival): void {
    this.observations.push(...(arrival.observations ?? []));
    this.rounds.push(...(arrival.rounds ?? []));
    this.readings.push(...arrival.readings);
    this.health.push(...(arrival.health ?? []));
    this.refusals.push(...(arrival.refusals ?? []));
  }
}

describe('the driver of LLRP', () => {
  let rig: Rig;
  afterEach(() => rig[Symbol.asyncDispose]());

  it('sets an Impinj reader up and makes few observations of many reads', async () => {
    rig = await Rig.open();
    rig.reader.set('portal-1', 'dock', 20);
    rig.reader.set('portal-1', 'shelf', 3);
    await rig.healthBecomes('ok');
    await rig.until('all tags', () => rig.observations.length >= 23);
    const seen = rig.observations.slice(0, 23);
    expect(new Set(seen.map((o) => Buffer.from(o.epc).toString('hex'))).size).toBe(23);
    const first = seen.find((o) => o.stream === 'portal-1/dock');
    expect(first).toMatchObject({ antenna: 1, rssi: -5525, q: Quality.good });
    expect(Buffer.from(first?.epc ?? []).toString('hex')).toBe('3034245482cc0e4000010000');
    expect(Buffer.from(first?.tid ?? []).toString('hex')).toBe('e2801191a503006100010000');
    expect(first?.reads).toBeGreaterThanOrEqual(2);
    await rig.until('rounds', () => rig.rounds.length >= 4);
    expect(rig.rounds.slice(2, 4)).toMatchObject([
      { stream: 'portal-1/dock', distinct: 20 },
      { stream: 'portal-1/shelf', distinct: 3 },
    ]);
    await rig.until('counts', () =>
      rig.readings.some((r) => r.stream === 'portal-1/dock-tags' && r.v === 20),
    );
    rig.reader.set('portal-1', 'dock', 0);
    await rig.until('all have left', () => rig.readings.at(-2)?.v === 0 || rig.readings.at(-1)?.v === 0);
    expect(rig.refusals).toEqual([]);
  });

  it('sets another reader up without extensions', async () => {
    rig = await Rig.open({ vendor: ZEBRA });
    rig.reader.set('portal-1', 'shelf', 1);
    await rig.until('a tag', () => rig.observations.length > 0);
    expect(rig.observations[0]).toMatchObject({ antenna: 3, rssi: -5500, tid: null });
  });

  it("shows the installer the reader's own words", async () => {
    rig = await Rig.open();
    rig.reader.fault('portal-1', 'status-error');
    await rig.healthBecomes('ADD_ROSPEC: 101 M_FieldError: TransmitPower out of range');
    expect(rig.refusals.at(-1)).toMatchObject({ code: 'EXCEPTION_REPLY' });
  });

  it('says what of the configuration this reader cannot do', async () => {
    rig = await Rig.open({ entry: { ...ENTRY, mode: 7 } });
    await rig.healthBecomes('mode 7: the reader has 0, 1000');
  });

  it('waits while another client has the reader, and takes it after', async () => {
    rig = await Rig.open();
    rig.reader.fault('portal-1', 'second-client');
    await rig.healthBecomes('another client has the reader');
    rig.reader.fault('portal-1', null);
    await rig.healthBecomes('ok');
  });

  it('keeps the reader when another client knocks, and tells of it', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    const stranger = createConnection({ host: '127.0.0.1', port: rig.reader.port });
    await once(stranger, 'data');
    stranger.destroy();
    await rig.healthBecomes('another client tried to take the reader');
    rig.reader.set('portal-1', 'dock', 1);
    await rig.until('a tag', () => rig.observations.length > 0);
  });

  it('begins again when the reader ends its inventory', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.fault('portal-1', 'spec-ended');
    await rig.healthBecomes('the reader ended the inventory');
    rig.reader.set('portal-1', 'dock', 1);
    await rig.healthBecomes('ok');
    await rig.until('a tag', () => rig.observations.length > 0);
  });

  it.each(['no-keepalive', 'half-open'])('notices %s and connects anew', async (fault) => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.fault('portal-1', fault);
    await rig.healthBecomes('timeout');
    rig.reader.fault('portal-1', null);
    await rig.healthBecomes('ok');
  });

  it('leaves a stream of nonsense and connects anew', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.fault('portal-1', 'noise');
    await rig.healthBecomes('malformed');
    await rig.healthBecomes('ok');
    expect(rig.refusals).toMatchObject([{ code: 'MALFORMED', detail: expect.stringContaining('version') }]);
  });

  it('refuses reports that are cut, and takes the good ones after', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.set('portal-1', 'dock', 1);
    rig.reader.fault('portal-1', 'truncated');
    await rig.until('a refusal', () => rig.refusals.length > 0);
    expect(rig.observations).toEqual([]);
    rig.reader.fault('portal-1', null);
    await rig.until('a tag', () => rig.observations.length > 0);
  });

  it('finds an antenna that was lost before', async () => {
    rig = await Rig.open();
    rig.reader.fault('portal-1', 'antenna-lost');
    await rig.healthBecomes('antenna 1 is not connected');
  });

  it('tells of antennas, exceptions and an overflow', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.fault('portal-1', 'antenna-lost');
    await rig.healthBecomes('antenna 1 is not connected');
    rig.reader.fault('portal-1', null);
    await rig.healthBecomes('ok');
    rig.reader.fault('portal-1', 'exception');
    await rig.healthBecomes('exception: the amplifier is too hot');
    rig.reader.fault('portal-1', 'overflow');
    await delay(300);
    expect(rig.health.at(-1)?.reason).toBe('exception: the amplifier is too hot');
  });

  it('keeps the times of what a reader held while it was alone, apart from what it reads now', async () => {
    rig = await Rig.open();
    await rig.healthBecomes('ok');
    rig.reader.set('portal-1', 'dock', 2);
    await rig.until('two tags', () => rig.observations.length >= 2);
    const lostAt = Date.now();
    rig.reader.fault('portal-1', 'held-burst');
    await rig.until('a count that is unknown', () => rig.readings.at(-1)?.v === null);
    await delay(2500);
    const before = rig.observations.length;
    const backAt = Date.now();
    rig.reader.fault('portal-1', null);
    const late = (): TagObservation[] =>
      rig.observations.slice(before).filter((o) => o.first < backAt - 1500);
    await rig.until('the burst', () => late().length > 0);
    const held = late();
    expect(held.map((o) => Buffer.from(o.epc).toString('hex')).sort()).toEqual([
      '3034245482cc0e4000010000',
      '3034245482cc0e4000010001',
    ]);
    expect(held[0]?.first).toBeGreaterThan(lostAt - 500);
    expect(held[0]?.first).toBeLessThan(lostAt + 1000);
    expect(held[0]?.reads).toBeGreaterThan(10);
    expect(held.every((o) => o.q === Quality.good)).toBe(true);
  });

  it('moves the times of a reader whose clock is wrong, and says so', async () => {
    rig = await Rig.open({ aheadMs: 3_600_000 });
    rig.reader.set('portal-1', 'dock', 1);
    await rig.until('a tag', () => rig.observations.length > 0);
    await rig.healthBecomes('clock 3600 s off');
    const [seen] = rig.observations;
    expect(seen?.q).toBe(Quality.deviceTimeUncertain);
    expect(Math.abs((seen?.last ?? 0) - (Date.now() - 3_600_000))).toBeLessThan(3000);
  });
});

describe('the configuration of a reader', () => {
  it('takes its sample', () => {
    const file = join(import.meta.dirname, '../../../config/samples/llrp.yaml');
    const sample: unknown = parse(readFileSync(file, 'utf8'));
    const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(sample);
    const checked = llrp.configure(devices[0], () => undefined);
    expect(checked.ok && checked.value.streams.map((s) => s.id)).toEqual([
      'reader-1/dock-in',
      'reader-1/dock-in-tags',
      'reader-1/shelf-a',
      'reader-1/shelf-a-tags',
    ]);
  });

  it('is told all that is wrong at once', () => {
    const raw = {
      ...ENTRY,
      session: 4,
      'max-gap': '1s',
      points: [
        { name: 'dock', antennas: [1], power: 27 },
        { name: 'dock', antennas: [1, 2] },
      ],
    };
    const checked = llrp.configure(raw, () => undefined);
    expect(checked.ok ? [] : checked.problems.map((p) => p.path.join('.')).sort()).toEqual([
      'max-gap',
      'points.0.power',
      'points.1.antennas.0',
      'points.1.name',
      'session',
    ]);
  });
});
