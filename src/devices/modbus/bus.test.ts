import { describe, expect, it } from 'vitest';
import { Line } from '../line.ts';
import type { ChannelEvents } from '../line.ts';
import { Bus } from './bus.ts';
import type { Request } from './codec.ts';
import { encodeResponse } from './codec.ts';
import { mbapFraming, rtuFraming } from './framing.ts';
import { RtuRequestReader, sealRtu } from './rtu.ts';

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
