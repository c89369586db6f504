import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WARM } from './announcement.fixture.ts';
import { noDevice, notice, ORIGIN, Rig, until } from './dispatch.fixture.ts';
import { Dispatcher } from './dispatch.ts';
import type { Channel } from './port.ts';
import { webhookChannel } from './webhook.ts';

let rig: Rig;
let server: Server;
let url: string;
/** Bodies received, and how the endpoint answers. */
let calls: string[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  rig = new Rig();
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
  await rig[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

const hook = (id: string): Channel =>
  webhookChannel({ id, url, lan: true, secret: { reveal: () => 's' }, timeZone: () => 'UTC' });

/** Takes whatever it is sent and never answers, whatever it is told. */
const hanging: Channel = { lane: 'channel:hanging', send: () => new Promise(() => undefined) };

describe('the dispatcher', () => {
  it('delivers what is due, once, and what comes later when it is woken', async () => {
    rig.box.put(notice('n1', 'hook'));
    const dispatcher = rig.start({ hook: hook('hook') });
    await until(() => rig.box.told.length === 1);
    rig.box.put(notice('n2', 'hook'));
    dispatcher.wake();
    await until(() => rig.box.told.length === 2);
    await wait(100);
    expect(rig.box.results).toEqual(['n1 1 delivered', 'n2 1 delivered']);
    expect(calls).toHaveLength(2);
  });

  it('delays no channel by one that hangs with a backlog of hundreds', async () => {
    for (let i = 0; i < 300; i++) rig.box.put(notice(`stuck-${i}`, 'hanging'));
    rig.box.put(notice('n1', 'hook'));
    rig.start({ hanging, hook: hook('hook') });
    await until(() => rig.box.told.length > 0, 1000);
    expect(rig.box.results).toEqual(['n1 1 delivered']);
  });

  it('gives up an attempt that hangs when its notice expires, and goes on', async () => {
    rig.box.put(notice('n1', 'hanging', 150));
    rig.start({ hanging });
    await until(() => rig.box.told.length === 1);
    const [, , outcome] = rig.box.told[0] ?? ['', 0, { result: 'delivered' }];
    expect(outcome).toMatchObject({ result: 'failed', unknown: true, dueAt: null });
  });

  it('tries a failing endpoint again with the attempt counted, then never after success', async () => {
    let left = 2;
    answer = (response) => response.writeHead(left-- > 0 ? 503 : 200).end();
    rig.box.put(notice('n1', 'hook'));
    rig.start({ hook: hook('hook') });
    await until(() => rig.box.told.some(([, , o]) => o.result === 'delivered'));
    await wait(200);
    expect(rig.box.results).toEqual([
      'n1 1 answered with status 503',
      'n1 2 answered with status 503',
      'n1 3 delivered',
    ]);
    const ids = calls.map((body) => /"id":"(\w+)"/.exec(body)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it('sends a dead endpoint single probes, not its backlog, and drains when it is back', async () => {
    answer = (response) => response.writeHead(500).end();
    for (let i = 0; i < 20; i++) rig.box.put(notice(`n${i}`, 'hook'));
    rig.start({ hook: hook('hook') });
    await wait(1800);
    // With no jitter: at 0 s, 0.5 s and 1.5 s.
    expect(calls).toHaveLength(3);
    answer = (response) => response.end();
    await until(() => rig.box.rows.size === 0);
    expect(rig.box.told.filter(([, , o]) => o.result === 'delivered')).toHaveLength(20);
  });

  it('does not send again while the commit that settles it is not yet durable', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.box.gate = promise;
    rig.box.put(notice('n1', 'hook'));
    const dispatcher = rig.start({ hook: hook('hook') });
    await until(() => calls.length === 1);
    for (let i = 0; i < 20; i++) {
      dispatcher.wake();
      await wait(5);
    }
    expect(calls).toHaveLength(1);
    resolve();
    await until(() => rig.box.results.length === 1);
  });

  it('sends at least once over a crash, under the same id', async () => {
    rig.box.gate = new Promise(() => undefined);
    rig.box.put(notice('n1', 'hook'));
    const parts = { channels: new Map([['hook', hook('hook')]]), outbox: rig.box, announce: () => WARM };
    const dead = new AbortController();
    // Sent, and no report ever comes back: the process is gone.
    void new Dispatcher({
      ...parts,
      report: (e, n, o) => rig.box.report(e, n, o),
      command: noDevice,
      origin: ORIGIN,
      now: Date.now,
      random: () => 0,
    }).run(dead.signal);
    await until(() => calls.length === 1);
    rig.box.gate = Promise.resolve();
    rig.start({ hook: hook('hook') });
    await until(() => rig.box.results.length === 1);
    const [first, second] = calls.map((body) => /"id":"(\w+)"/.exec(body)?.[1]);
    expect(second).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reports what expired in the outbox without sending it', async () => {
    rig.box.put({ ...notice('n1', 'hook'), t: Date.now() - 1000, expiry: Date.now() - 1 });
    rig.start({ hook: hook('hook') });
    await until(() => rig.box.told.length === 1);
    expect(rig.box.results).toEqual(['n1 1 expired']);
    expect(calls).toEqual([]);
  });

  it('says which channel or alarm is gone', async () => {
    rig.box.put(notice('n1', 'nowhere', 300));
    rig.box.put(notice('n2', 'hook', 300));
    rig.start({ hook: hook('hook') }, { announce: () => null });
    await until(() => rig.box.told.length === 2);
    expect(rig.box.results.sort()).toEqual([
      'n1 1 there is no channel nowhere any more',
      'n2 1 there is no alarm a any more',
    ]);
  });

  it('ends when an outcome cannot be reported', async () => {
    rig.box.put(notice('n1', 'hook'));
    rig.start(
      { hook: hook('hook') },
      {
        report: async () => {
          throw new Error('the journal is gone');
        },
      },
    );
    await expect(rig.running).rejects.toThrow('the journal is gone');
    rig.running = Promise.resolve();
  });
});
