import { describe, expect, it } from 'vitest';
import { Line } from '../line.ts';
import type { ChannelEvents } from '../line.ts';
import { Bus } from './bus.ts';
import type { Request } from './codec.ts';
import { encodeResponse } from './codec.ts';
import { runPoller } from '../poller.ts';
import { mbapFraming, rtuFraming } from './framing.ts';
import { MbapRequestReader, sealMbap } from './mbap.ts';
import { planRtu } from './plan.ts';
import { shipped } from './rig.fixture.ts';
import { RtuRequestReader, sealRtu } from './rtu.ts';
import { Slave } from './slave.ts';

const serial = { path: '', baud: 115_200, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const signal = new AbortController().signal;
const read = (address: number): Request => ({ fn: 3, address, count: 1 });

/** A line whose far end is a function: it hears the requests and may answer or not. */
function lineTo(hear: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void): Line {
  return new Line(
    (events: ChannelEvents) =>
      Promise.resolve({
        write: (bytes) => Promise.resolve(hear(bytes, (answer) => events.bytes(answer))),
        discard: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    () => 10,
  );
}

const DEAD = 9;
const TIMEOUT_MS = 200;
/** One time-out and one transaction, with room for a busy machine. */
const LONGEST_WAIT_MS = TIMEOUT_MS + 100;

/** Every unit but `DEAD` answers a read of so many registers after 5 ms. */
function rtuSite(heard: (unit: number) => void = () => undefined, dead: number[] = []): Line {
  return lineTo((bytes, reply) => {
    for (const { unit, request } of new RtuRequestReader().push(bytes)) {
      heard(unit);
      if (!request.ok || request.value.fn === 5) continue;
      if (unit === DEAD) return reply(Uint8Array.from(dead));
      const registers = Array.from(
        { length: request.value.fn === 3 || request.value.fn === 4 ? request.value.count : 0 },
        () => 0,
      );
      const fn = request.value.fn === 4 ? 4 : 3;
      setTimeout(() => reply(sealRtu(unit, encodeResponse({ fn, registers }))), 5);
    }
  });
}

function tcpSite(): Line {
  const reader = new MbapRequestReader();
  return lineTo((bytes, reply) => {
    for (const { unit, transaction } of reader.push(bytes)) {
      if (unit === DEAD) continue;
      const pdu = encodeResponse({ fn: 3, registers: [unit] });
      setTimeout(() => reply(sealMbap(transaction, unit, pdu)), 5);
    }
  });
}

describe('orders to a dead slave', () => {
  it.each([
    ['a serial line', rtuSite, () => rtuFraming(serial)],
    ['TCP', tcpSite, mbapFraming],
  ] as const)(
    'on %s: no poll of another waits longer than one time-out and one transaction',
    async (_, site, framing) => {
      await using line = site();
      const bus = new Bus(line, framing());
      const coil: Request = { fn: 5, address: 0, on: true };
      const answered: boolean[] = [];
      const orders = [1, 2, 3].map(async () => {
        answered.push((await bus.ask(DEAD, coil, TIMEOUT_MS, signal, true)).ok);
      });
      const waits: number[] = [];
      while (answered.length < orders.length) {
        const before = performance.now();
        expect((await bus.ask((waits.length % 3) + 1, read(0), TIMEOUT_MS, signal)).ok).toBe(true);
        waits.push(performance.now() - before);
      }
      await Promise.all(orders);
      expect(answered).toEqual([false, false, false]);
      expect(Math.max(...waits)).toBeLessThan(LONGEST_WAIT_MS);
    },
  );

  it.each([
    ['is silent', []],
    ['sends rubbish', [DEAD, 3, 0xff]],
  ])('one that %s does not hold up the round of polls', async (_, rubbish) => {
    const at: number[] = [];
    await using line = rtuSite((unit) => (unit === 1 ? at.push(performance.now()) : undefined), rubbish);
    const bus = new Bus(line, rtuFraming(serial));
    const slaves = [
      { id: 'dead', unit: DEAD, profile: 'xy-md02', every: '20ms' },
      { id: 'well', unit: 1, profile: 'rs-ws-n01', every: '20ms' },
    ];
    const entry = {
      id: 'l',
      driver: 'modbus-rtu',
      port: '/dev/x',
      baud: 9600,
      timeout: `${TIMEOUT_MS}ms`,
      slaves,
    };
    const plan = planRtu(entry, shipped);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const stop = new AbortController();
    const polling = runPoller(
      plan.value.slaves.map((s) => new Slave(s, bus)),
      () => undefined,
      stop.signal,
    );
    const order = (): unknown => bus.ask(DEAD, { fn: 5, address: 0, on: true }, TIMEOUT_MS, signal, true);
    const ordering = setInterval(order, 150);
    setTimeout(() => stop.abort(), 1800);
    await polling;
    clearInterval(ordering);
    expect(at.length).toBeGreaterThan(10);
    expect(Math.max(...at.slice(1).map((t, i) => t - (at[i] ?? 0)))).toBeLessThan(LONGEST_WAIT_MS + 20);
  });

  it('waits until no late answer can come, and takes no new one for it', async () => {
    const at: number[] = [];
    await using line = rtuSite((unit) => (unit === DEAD ? at.push(performance.now()) : undefined));
    const bus = new Bus(line, rtuFraming(serial));
    await bus.ask(DEAD, read(0), 50, signal);
    await bus.ask(DEAD, { fn: 5, address: 0, on: true }, 50, signal, true);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(149);
  });

  it('leaves the queue as soon as it is stopped', async () => {
    await using line = rtuSite();
    const bus = new Bus(line, rtuFraming(serial));
    const stop = new AbortController();
    const first = bus.ask(DEAD, read(0), TIMEOUT_MS, signal);
    const second = bus.ask(DEAD, { fn: 5, address: 0, on: true }, TIMEOUT_MS, stop.signal, true);
    const before = performance.now();
    stop.abort();
    expect(await second).toEqual({ ok: false, code: 'REFUSED', detail: 'stopped before it was asked' });
    expect(performance.now() - before).toBeLessThan(TIMEOUT_MS / 2);
    await first;
  });
});

describe('the bus', () => {
  it('asks one at a time, and an order goes before polls that wait', async () => {
    const heard: string[] = [];
    await using line = lineTo((bytes, reply) => {
      for (const { unit, request } of new RtuRequestReader().push(bytes)) {
        if (!request.ok) continue;
        heard.push(`${unit}: function ${request.value.fn}`);
        const response = request.value.fn === 5 ? request.value : ({ fn: 3, registers: [unit] } as const);
        setTimeout(() => reply(sealRtu(unit, encodeResponse(response))), 5);
      }
    });
    const bus = new Bus(line, rtuFraming(serial));
    const outcomes = await Promise.all([
      bus.ask(1, read(0), 500, signal),
      bus.ask(2, read(0), 500, signal),
      bus.ask(3, read(0), 500, signal),
      bus.ask(9, { fn: 5, address: 0, on: true }, 500, signal, true),
    ]);
    expect(outcomes.map((o) => o.ok)).toEqual([true, true, true, true]);
    expect(heard).toEqual(['1: function 3', '9: function 5', '2: function 3', '3: function 3']);
  });

  it('waits for a slave no longer than its time-out, whatever dribbles in', async () => {
    await using line = lineTo((_, reply) => {
      const dribble = setInterval(() => reply(Uint8Array.of(1, 3)), 10);
      setTimeout(() => clearInterval(dribble), 400);
    });
    const bus = new Bus(line, rtuFraming(serial));
    const before = performance.now();
    expect(await bus.ask(1, read(0), 100, signal)).toMatchObject({ ok: false, code: 'MALFORMED' });
    expect(performance.now() - before).toBeLessThan(200);
    expect(bus.mayBeLate(1)).toBe(true);
    expect(bus.mayBeLate(2)).toBe(false);
  });

  it('gives a TCP connection up that only dribbles, with more patience each time that did not help', async () => {
    await using line = lineTo((_, reply) => reply(Uint8Array.of(0)));
    const bus = new Bus(line, mbapFraming());
    const lost: number[] = [];
    let asked = 0;
    line.watch((state) => (state.up ? undefined : lost.push(asked)));
    while (asked < 6) {
      if ((await bus.ask(1, read(0), 20, signal)).ok) break;
      asked++;
      while (!line.state.up) {
        await new Promise((resolve) => {
          setTimeout(resolve, 5);
        });
      }
    }
    expect(lost.length).toBe(2);
    expect(line.openings).toBe(3);
  });

  it('does not wait for a port that takes no bytes, and stops when told', async () => {
    await using line = new Line(
      () =>
        Promise.resolve({
          write: () => new Promise<void>(() => undefined),
          discard: () => Promise.resolve(),
          close: () => Promise.resolve(),
        }),
      () => 10,
    );
    const bus = new Bus(line, rtuFraming(serial));
    expect(await bus.ask(1, read(0), 30, signal)).toEqual({
      ok: false,
      code: 'TIMEOUT',
      detail: 'no answer',
    });
    const stop = new AbortController();
    const asked = bus.ask(2, read(0), 60_000, stop.signal);
    setTimeout(() => stop.abort(), 10);
    expect((await asked).ok).toBe(false);
  });

  it('leaves 3.5 characters of silence between frames, 1.75 ms above 19200 baud', () => {
    expect(rtuFraming({ ...serial, baud: 9600 }).gapMs).toBeCloseTo(3.646, 3);
    expect(rtuFraming({ ...serial, baud: 9600, parity: 'even' }).gapMs).toBeCloseTo(4.01, 3);
    expect(rtuFraming({ ...serial, baud: 38_400 }).gapMs).toBe(1.75);
  });
});
