import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../domain/commit.ts';
import { DeviceError } from '../domain/errors.ts';
import { WARM } from './announcement.fixture.ts';
import { Dispatcher, type DispatchParts } from './dispatch.ts';
import { deviceChannel } from './device-channel.ts';
import type { Channel, Command, DueEntry, Outcome } from './port.ts';
import { webhookChannel } from './webhook.ts';

/** The outbox as the journal keeps it, in memory: due times, attempts, settled by what is reported. */
class Box {
  readonly rows = new Map<string, DueEntry & { dueAt: number }>();
  readonly told: [string, number, Outcome][] = [];
  /** Holds reports back, as a slow commit does. */
  gate: Promise<void> = Promise.resolve();

  due(now: number, limit: number): DueEntry[] {
    const due = [...this.rows.values()].filter((e) => e.dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    return due.slice(0, limit);
  }

  nextDueAt(): number | null {
    return this.rows.size === 0 ? null : Math.min(...[...this.rows.values()].map((e) => e.dueAt));
  }

  put(entry: OutboxEntry): void {
    this.rows.set(entry.key, { ...entry, attempts: 0, dueAt: entry.t });
  }

  async report(entry: DueEntry, attempt: number, outcome: Outcome): Promise<void> {
    await this.gate;
    this.told.push([entry.key, attempt, outcome]);
    if (outcome.result === 'failed' && outcome.dueAt !== null) {
      this.rows.set(entry.key, { ...entry, attempts: attempt, dueAt: outcome.dueAt });
    } else this.rows.delete(entry.key);
  }

  get results(): string[] {
    return this.told.map(
      ([key, attempt, o]) => `${key} ${attempt} ${o.result === 'failed' ? o.reason : o.result}`,
    );
  }
}

let box: Box;
let stop: AbortController;
let running: Promise<void>;
let server: Server;
let url: string;
/** Bodies received, and how the endpoint answers. */
let calls: string[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  box = new Box();
  stop = new AbortController();
  running = Promise.resolve();
  calls = [];
  answer = (response) => response.end();
  server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      calls.push(await text(request));
      answer(response);
    };
    void take();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
});
afterEach(async () => {
  stop.abort();
  await running;
  server.closeAllConnections();
  server.close();
});

const hook = (id: string): Channel =>
  webhookChannel({ id, url, lan: true, secret: { reveal: () => 's' }, timeZone: 'UTC' });

const noDevice: Command = async (device) => {
  throw new DeviceError('REFUSED', `there is no device ${device}`);
};

function start(channels: Record<string, Channel>, over: Partial<DispatchParts> = {}): Dispatcher {
  const dispatcher = new Dispatcher({
    outbox: box,
    report: (entry, attempt, outcome) => box.report(entry, attempt, outcome),
    announce: () => WARM,
    command: noDevice,
    channels: new Map(Object.entries(channels)),
    now: Date.now,
    random: () => 0,
    ...over,
  });
  running = dispatcher.run(stop.signal);
  return dispatcher;
}

function notice(key: string, channel: string, expiryMs = 60_000): OutboxEntry {
  const t = Date.now();
  return {
    key,
    kind: 'notice',
    t,
    expiry: t + expiryMs,
    body: { kind: 'notice', alarm: 'a', channel, role: 'duty' },
  };
}

function order(key: string, verb: string, t: number, expiryMs = 10_000): OutboxEntry {
  return {
    key,
    kind: 'command',
    t,
    expiry: t + expiryMs,
    body: { kind: 'command', id: key, device: 'siren-1', verb, arg: null, cause: { slot: 0, seq: 0 } },
  };
}

async function until(condition: () => boolean, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error('did not happen in time');
    await wait(5);
  }
}

/** Takes whatever it is sent and never answers, whatever it is told. */
const hanging: Channel = { lane: 'channel:hanging', send: () => new Promise(() => undefined) };

describe('the dispatcher', () => {
  it('delivers what is due, once, and what comes later when it is woken', async () => {
    box.put(notice('n1', 'hook'));
    const dispatcher = start({ hook: hook('hook') });
    await until(() => box.told.length === 1);
    box.put(notice('n2', 'hook'));
    dispatcher.wake();
    await until(() => box.told.length === 2);
    await wait(100);
    expect(box.results).toEqual(['n1 1 delivered', 'n2 1 delivered']);
    expect(calls).toHaveLength(2);
  });

  it('delays no channel by one that hangs with a backlog of hundreds', async () => {
    for (let i = 0; i < 300; i++) box.put(notice(`stuck-${i}`, 'hanging'));
    box.put(notice('n1', 'hook'));
    start({ hanging, hook: hook('hook') });
    await until(() => box.told.length > 0, 1000);
    expect(box.results).toEqual(['n1 1 delivered']);
  });

  it('gives up an attempt that hangs when its notice expires, and goes on', async () => {
    box.put(notice('n1', 'hanging', 150));
    start({ hanging });
    await until(() => box.told.length === 1);
    const [, , outcome] = box.told[0] ?? ['', 0, { result: 'delivered' }];
    expect(outcome).toMatchObject({ result: 'failed', unknown: true, dueAt: null });
  });

  it('tries a failing endpoint again with the attempt counted, then never after success', async () => {
    let left = 2;
    answer = (response) => response.writeHead(left-- > 0 ? 503 : 200).end();
    box.put(notice('n1', 'hook'));
    start({ hook: hook('hook') });
    await until(() => box.told.some(([, , o]) => o.result === 'delivered'));
    await wait(200);
    expect(box.results).toEqual([
      'n1 1 answered with status 503',
      'n1 2 answered with status 503',
      'n1 3 delivered',
    ]);
    const ids = calls.map((body) => /"id":"(\w+)"/.exec(body)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it('sends a dead endpoint single probes, not its backlog, and drains when it is back', async () => {
    answer = (response) => response.writeHead(500).end();
    for (let i = 0; i < 20; i++) box.put(notice(`n${i}`, 'hook'));
    start({ hook: hook('hook') });
    await wait(1800);
    // With no jitter: at 0 s, 0.5 s and 1.5 s.
    expect(calls).toHaveLength(3);
    answer = (response) => response.end();
    await until(() => box.rows.size === 0);
    expect(box.told.filter(([, , o]) => o.result === 'delivered')).toHaveLength(20);
  });

  it('does not send again while the commit that settles it is not yet durable', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    box.gate = promise;
    box.put(notice('n1', 'hook'));
    const dispatcher = start({ hook: hook('hook') });
    await until(() => calls.length === 1);
    for (let i = 0; i < 20; i++) {
      dispatcher.wake();
      await wait(5);
    }
    expect(calls).toHaveLength(1);
    resolve();
    await until(() => box.results.length === 1);
  });

  it('sends at least once over a crash, under the same id', async () => {
    box.gate = new Promise(() => undefined);
    box.put(notice('n1', 'hook'));
    const parts = { channels: new Map([['hook', hook('hook')]]), outbox: box, announce: () => WARM };
    const dead = new AbortController();
    // Sent, and no report ever comes back: the process is gone.
    void new Dispatcher({
      ...parts,
      report: (e, n, o) => box.report(e, n, o),
      command: noDevice,
      now: Date.now,
      random: () => 0,
    }).run(dead.signal);
    await until(() => calls.length === 1);
    box.gate = Promise.resolve();
    start({ hook: hook('hook') });
    await until(() => box.results.length === 1);
    const [first, second] = calls.map((body) => /"id":"(\w+)"/.exec(body)?.[1]);
    expect(second).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reports what expired in the outbox without sending it', async () => {
    box.put({ ...notice('n1', 'hook'), t: Date.now() - 1000, expiry: Date.now() - 1 });
    start({ hook: hook('hook') });
    await until(() => box.told.length === 1);
    expect(box.results).toEqual(['n1 1 expired']);
    expect(calls).toEqual([]);
  });

  it('says which channel or alarm is gone', async () => {
    box.put(notice('n1', 'nowhere', 300));
    box.put(notice('n2', 'hook', 300));
    start({ hook: hook('hook') }, { announce: () => null });
    await until(() => box.told.length === 2);
    expect(box.results.sort()).toEqual([
      'n1 1 there is no channel nowhere any more',
      'n2 1 there is no alarm a any more',
    ]);
  });

  it('ends when an outcome cannot be reported', async () => {
    box.put(notice('n1', 'hook'));
    start(
      { hook: hook('hook') },
      {
        report: async () => {
          throw new Error('the journal is gone');
        },
      },
    );
    await expect(running).rejects.toThrow('the journal is gone');
    running = Promise.resolve();
  });
});

describe('orders to devices', () => {
  it('go in order, with their expiry, and a silent device leaves the outcome unknown', async () => {
    const seen: [string, string, number][] = [];
    const t = Date.now();
    const command: Command = async (device, { verb, expiresAt }) => {
      seen.push([device, verb, expiresAt]);
      if (seen.length === 1) throw new DeviceError('TIMEOUT', 'siren-1 did not answer');
    };
    box.put(order('o1', 'on', t));
    start({}, { command });
    await until(() => box.rows.size === 0);
    expect(seen).toEqual([
      ['siren-1', 'on', t + 10_000],
      ['siren-1', 'on', t + 10_000],
    ]);
    expect(box.told[0]?.[2]).toMatchObject({ result: 'failed', unknown: true });
    expect(box.told[1]?.[2]).toEqual({ result: 'delivered' });
  });

  it('give way to a newer one: a failed on never comes after the off', async () => {
    const seen: string[] = [];
    const command: Command = async (_, { verb }) => {
      seen.push(verb);
      if (verb === 'on') throw new DeviceError('TIMEOUT', 'no answer');
    };
    const t = Date.now() - 10;
    box.put(order('o1', 'on', t));
    const dispatcher = start({}, { command });
    await until(() => seen.length === 1);
    box.put(order('o2', 'off', t + 5));
    dispatcher.wake();
    await until(() => box.rows.size === 0);
    expect(seen).toEqual(['on', 'off']);
    expect(box.results).toContain('o1 2 replaced by a newer order');
  });

  it('also come from a siren that is a channel, which is set to what the alarm asks for now', async () => {
    const seen: string[] = [];
    const command: Command = async (device, { verb }) => {
      seen.push(`${device} ${verb}`);
    };
    let calling = true;
    const siren = deviceChannel({ device: 'siren-1', on: 'siren-on', off: 'siren-off' }, command);
    box.put(notice('n1', 'siren'));
    const dispatcher = start({ siren }, { announce: () => ({ ...WARM, calls: calling }) });
    await until(() => box.told.length === 1);
    calling = false;
    box.put(notice('n2', 'siren'));
    dispatcher.wake();
    await until(() => box.told.length === 2);
    expect(seen).toEqual(['siren-1 siren-on', 'siren-1 siren-off']);
  });
});
