import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../domain/commit.ts';
import { DeviceError } from '../domain/errors.ts';
import { notice, Rig, until } from './dispatch.fixture.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Channel, Command } from './port.ts';

const HOUR = 3_600_000;

let rig: Rig;
/** All that the clock was set by, ms. */
let set: number;
beforeEach(() => {
  rig = new Rig();
  set = 0;
});
afterEach(() => rig[Symbol.asyncDispose]());

const now = (): number => Date.now() + set;

/** A clock step as the gateway does it: clock, outbox and dispatcher in one turn. */
function step(dispatcher: Dispatcher, a: number): void {
  set += a;
  rig.box.shift(a);
  dispatcher.shift(a);
}

function order(key: string, verb: string): OutboxEntry {
  const t = now();
  const body = { kind: 'command', id: key, device: 'siren-1', verb, arg: null, cause: { slot: 0, seq: 0 } };
  return { key, kind: 'command', t, expiry: t + 10_000, body } as OutboxEntry;
}

describe.each([
  ['back by an hour', -HOUR],
  ['on by a day', 24 * HOUR],
])('a clock set %s', (_, a) => {
  it('keeps the order of orders: a siren is switched off and on again at once', async () => {
    const seen: [string, number][] = [];
    const command: Command = async (_device, { verb, expiresAt }) => {
      seen.push([verb, expiresAt - now()]);
    };
    rig.box.put(order('o1', 'on'));
    const dispatcher = rig.start({}, { command, now });
    await until(() => rig.box.told.length === 1);
    step(dispatcher, a);
    for (const [key, verb] of [
      ['o2', 'off'],
      ['o3', 'on'],
    ] as const) {
      rig.box.put(order(key, verb));
      dispatcher.wake();
      await until(() => rig.box.rows.size === 0);
    }
    expect(rig.box.results).toEqual(['o1 1 delivered', 'o2 1 delivered', 'o3 1 delivered']);
    expect(seen.map(([verb]) => verb)).toEqual(['on', 'off', 'on']);
    for (const [, left] of seen) expect(Math.abs(left - 10_000)).toBeLessThan(1000);
  });

  it('still drops the on that failed before it for the off that came after it', async () => {
    const seen: string[] = [];
    const command: Command = async (_device, { verb }) => {
      seen.push(verb);
      if (verb === 'on') throw new DeviceError('TIMEOUT', 'no answer');
    };
    rig.box.put(order('o1', 'on'));
    const dispatcher = rig.start({}, { command, now });
    await until(() => rig.box.told.length === 1);
    step(dispatcher, a);
    rig.box.put(order('o2', 'off'));
    dispatcher.wake();
    await until(() => rig.box.rows.size === 0);
    expect(seen).toEqual(['on', 'off']);
    expect(rig.box.results).toContain('o1 2 replaced by a newer order');
  });

  it('leaves what waits and what is being sent the time it had', async () => {
    const sending = Promise.withResolvers<void>();
    const expiries: number[] = [];
    const line: Channel = {
      lane: 'channel:line',
      send: async ({ expiry }) => {
        if (expiries.push(expiry - now()) === 1) await sending.promise;
      },
    };
    for (const key of ['n1', 'n2', 'n3']) rig.box.put({ ...notice(key, 'line'), t: now() });
    const dispatcher = rig.start({ line }, { now });
    await until(() => expiries.length === 1);
    step(dispatcher, a);
    sending.reject(new Error('the line broke'));
    await until(() => rig.box.told.length === 1);
    const [, , failed] = rig.box.told[0] ?? [];
    if (failed?.result !== 'failed' || failed.dueAt === null) throw new Error('is not tried again');
    expect(Math.abs(failed.dueAt - now())).toBeLessThan(2000);
    await until(() => rig.box.rows.size === 0);
    expect(rig.box.results).toEqual([
      'n1 1 the line broke',
      'n2 1 delivered',
      'n3 1 delivered',
      'n1 2 delivered',
    ]);
    for (const left of expiries) expect(Math.abs(left - 60_000)).toBeLessThan(3000);
  });
});
