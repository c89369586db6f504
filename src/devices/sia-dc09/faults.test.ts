import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Arrival, HealthNote, Refusal } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';
import type { OpenConnection, Simulator } from '../port.ts';
import { siaDc09 } from './driver.ts';
import { encodeFrame } from './frame.ts';
import { planDc09 } from './settings.ts';
import { simulateDc09 } from './simulator.ts';

const KEY = randomBytes(32);

function ignore(): void {
  // Nobody asked yet.
}

/** A receiver and a panel that calls it. */
class Rig implements AsyncDisposable {
  readonly readings: Reading[] = [];
  readonly refusals: Refusal[] = [];
  readonly health: HealthNote[] = [];
  readonly panel: Simulator;
  readonly port: number;
  /** While false, nothing is committed. */
  commits = true;
  waiting: Arrival[] = [];
  readonly #open: OpenConnection;
  readonly #stop: AbortController;
  readonly #running: Promise<void>;

  private constructor(
    open: OpenConnection,
    stop: AbortController,
    port: number,
    transport: 'tcp' | 'udp',
    key: Uint8Array | null,
    subscribed: (take: (arrival: Arrival) => void) => Promise<void>,
  ) {
    this.#open = open;
    this.#stop = stop;
    this.port = port;
    this.#running = subscribed((arrival) => this.#take(arrival));
    const inputs = [{ id: 'fence-3', is: 'alarm' as const, number: 3 }];
    const panels = [{ id: 'host', account: '1234', key, everyMs: 100, inputs }];
    this.panel = simulateDc09({ host: '127.0.0.1', port, transport }, panels);
  }

  static async start(transport: 'tcp' | 'udp', isEncrypted = false): Promise<Rig> {
    const panel = {
      id: 'host',
      account: '1234',
      every: '1s',
      'max-gap': '1s',
      inputs: [{ id: 'fence-3', number: 3 }],
    };
    const raw = {
      id: 'alarms',
      listen: '127.0.0.1:0',
      transport,
      panels: [isEncrypted ? { ...panel, secret: 'file:key' } : panel],
    };
    const checked = siaDc09.configure(raw, () => undefined);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const listens = Promise.withResolvers<number>();
    const open = checked.value.open({
      now: () => Date.now(),
      log: (_level, message, fields) => {
        const port = fields?.['port'];
        if (typeof port === 'number') listens.resolve(port);
        else listens.reject(new Error(message));
      },
      secret: () => Promise.resolve(KEY.toString('hex')),
    });
    const stop = new AbortController();
    let take: (arrival: Arrival) => void = ignore;
    const [device] = open.pushing;
    const running = device?.subscribe((arrival) => take(arrival), stop.signal) ?? Promise.resolve();
    const port = await listens.promise;
    return new Rig(open, stop, port, transport, isEncrypted ? KEY : null, (given) => {
      take = given;
      return running;
    });
  }

  last(channel: string): number | null | undefined {
    return this.readings.findLast((r) => r.stream === `host/${channel}`)?.v;
  }

  commit(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const { committed } of waiting) committed?.();
  }

  async until(what: string, is: () => boolean): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (is()) return;
      await delay(10);
    }
    throw new Error(`not within 4 s: ${what}; refused ${JSON.stringify(this.refusals.slice(-3))}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.commit();
    await this.panel[Symbol.asyncDispose]();
    this.#stop.abort();
    await this.#open[Symbol.asyncDispose]();
    await this.#running;
  }

  #take(arrival: Arrival): void {
    this.readings.push(...arrival.readings);
    this.refusals.push(...(arrival.refusals ?? []));
    this.health.push(...(arrival.health ?? []));
    this.waiting.push(arrival);
    if (this.commits) queueMicrotask(() => this.commit());
  }
}

describe('a panel on the real wire', () => {
  it.each([
    ['tcp', false],
    ['tcp', true],
    ['udp', false],
    ['udp', true],
  ] as const)('%s, encrypted %s: an alarm and its end', async (transport, isEncrypted) => {
    await using rig = await Rig.start(transport, isEncrypted);
    await rig.until('the walk test', () => rig.last('fence-3') === 0);
    rig.panel.set('host', 'fence-3', 1);
    await rig.until('the alarm', () => rig.last('fence-3') === 1);
    rig.panel.set('host', 'fence-3', 0);
    await rig.until('its end', () => rig.last('fence-3') === 0);
    expect(rig.refusals).toEqual([]);
  });

  it('is not acknowledged before the commit, and sends again what was not', async () => {
    await using rig = await Rig.start('tcp');
    await rig.until('the walk test', () => rig.last('fence-3') === 0);
    rig.commits = false;
    rig.panel.set('host', 'fence-3', 1);
    await rig.until('the alarm', () => rig.last('fence-3') === 1);
    const arrivals = rig.waiting.length;
    // It asks again after a second, and nothing is told twice.
    await rig.until('the repeat', () => rig.waiting.length > arrivals);
    expect(rig.readings.filter((r) => r.v === 1 && r.stream === 'host/fence-3')).toHaveLength(1);
    rig.panel.set('host', 'fence-3', 0);
    await delay(50);
    expect(rig.last('fence-3')).toBe(1);
    rig.commits = true;
    rig.commit();
    await rig.until('what came behind it', () => rig.last('fence-3') === 0);
  });

  it('silent: the link is bad and the panel unwell, until it is back', async () => {
    await using rig = await Rig.start('tcp');
    await rig.until('a sign of life', () => rig.last('link') === 1);
    rig.panel.fault('host', 'silent');
    await rig.until('silence', () => rig.last('link') === null);
    expect(rig.health.at(-1)).toEqual({ device: 'host', healthy: false, reason: 'timeout' });
    rig.panel.fault('host', null);
    await rig.until('a sign of life again', () => rig.last('link') === 1);
  });

  it.each([
    ['bad-crc', false, /^checksum /],
    ['wrong-account', false, /^account FFFF is none/],
    ['encrypted-with-wrong-key', false, /no secret is configured/],
    ['encrypted-with-wrong-key', true, /secret does not decrypt/],
  ] as const)(
    '%s (encrypted %s): refused, no reading, and nothing lost',
    async (fault, isEncrypted, detail) => {
      await using rig = await Rig.start('tcp', isEncrypted);
      await rig.until('the walk test', () => rig.last('fence-3') === 0);
      rig.panel.fault('host', fault);
      rig.panel.set('host', 'fence-3', 1);
      await rig.until('a refusal', () => rig.refusals.some((r) => detail.test(r.detail)));
      expect(rig.last('fence-3')).toBe(0);
      rig.panel.fault('host', null);
      await rig.until('the alarm', () => rig.last('fence-3') === 1);
    },
  );

  it.each(['duplicate', 'noise', 'replay'])('%s: told once and right', async (fault) => {
    await using rig = await Rig.start('tcp');
    await rig.until('the walk test', () => rig.last('fence-3') === 0);
    rig.panel.set('host', 'fence-3', 1);
    await rig.until('the alarm', () => rig.last('fence-3') === 1);
    rig.panel.fault('host', fault);
    await delay(300);
    rig.panel.fault('host', null);
    rig.panel.set('host', 'fence-3', 0);
    await rig.until('its end', () => rig.last('fence-3') === 0);
    const told = rig.readings.filter((r) => r.stream === 'host/fence-3' && r.sourceAt !== undefined);
    expect(told.map((r) => r.v)).toEqual([0, 1, 0]);
  });

  it('a flood from one caller is held back; others are heard', async () => {
    await using rig = await Rig.start('tcp');
    await rig.until('the walk test', () => rig.last('fence-3') === 0);
    rig.commits = false;
    const caller = connect(rig.port, '127.0.0.1');
    const many = Buffer.concat(Array.from({ length: 5000 }, () => encodeFrame('"NULL"0000L0#9999[]')));
    for (let i = 0; i < 20; i++) caller.write(many);
    await rig.until('it is held back', () => rig.waiting.length > 100);
    await delay(100);
    // One chunk of the socket at most beyond the hundred.
    expect(rig.waiting.length).toBeLessThan(100 + 65_536 / 29 + 10);
    rig.commits = true;
    rig.commit();
    rig.panel.set('host', 'fence-3', 1);
    await rig.until('the alarm', () => rig.last('fence-3') === 1);
    caller.destroy();
  });

  it('an address that is taken is said, and tried again', async () => {
    await using rig = await Rig.start('tcp');
    const raw = {
      id: 'second',
      listen: `127.0.0.1:${rig.port}`,
      panels: [{ id: 'p', account: '1234', every: '1s' }],
    };
    const checked = siaDc09.configure(raw, () => undefined);
    if (!checked.ok || !planDc09(raw).ok) throw new Error('not a configuration');
    const said: string[] = [];
    const env = {
      now: () => 0,
      log: (_level: 'info' | 'warn', message: string) => void said.push(message),
      secret: () => Promise.reject(new Error('no secret')),
    };
    const open = checked.value.open(env);
    const health: HealthNote[] = [];
    const stop = new AbortController();
    const running = open.pushing[0]?.subscribe((a) => void health.push(...(a.health ?? [])), stop.signal);
    await rig.until('it is said', () => said.length > 0);
    expect(said[0]).toMatch(/^second cannot start: .*EADDRINUSE/);
    expect(health).toEqual([{ device: 'second', healthy: false, reason: 'cannot-start' }]);
    stop.abort();
    await open[Symbol.asyncDispose]();
    await running;
  });
});
