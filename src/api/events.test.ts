import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, signIn } from './call.fixture.ts';
import { listen, type Heard } from './listen.fixture.ts';
import { SCHEMAS } from './schema.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON, warmAlarm } from './site-things.fixture.ts';

let site: MemorySite;
let api: Api;
beforeEach(async () => {
  site = new MemorySite();
  api = await site.open();
});
afterEach(() => api[Symbol.asyncDispose]());

function words(heard: readonly Heard[]): string[] {
  return heard.flatMap(({ event }) => {
    if (event.kind === 'status') return [];
    return event.kind === 'reading' ? [`${event.stream} ${event.latest.text}`] : [event.kind];
  });
}

describe('the event stream', () => {
  it('tells what happens in order, the newest reading of each stream before what it caused', async () => {
    using listening = await listen(api.url, 'operator');
    await listening.until((heard) => heard.length > 0);
    site.read('probe-1/temperature', 85);
    site.read('probe-1/humidity', 600);
    site.read('probe-1/temperature', 91);
    site.tell({
      kind: 'finding',
      finding: {
        rule: 'cold-room-warm',
        subject: 'probe-1/temperature',
        phase: 'opened',
        t: NOON,
        value: '9.1',
      },
    });
    site.tell({ kind: 'alarm', alarm: warmAlarm() });
    site.tell({ kind: 'sealed', journal: site.status().journal });
    site.tell({ kind: 'anchored', anchor: site.anchor });
    site.read('door-1/door', 1);
    await listening.until((heard) => words(heard).length === 7);
    expect(words(listening.heard)).toEqual([
      'probe-1/temperature 9.1',
      'probe-1/humidity 60.0',
      'finding',
      'alarm',
      'sealed',
      'anchored',
      'door-1/door 1',
    ]);
    for (const { event } of listening.heard) expect(SCHEMAS.Event.safeParse(event).error).toBeUndefined();
  });

  it('gives a sign of life at once and at every heartbeat', async () => {
    using listening = await listen(api.url, 'viewer');
    await listening.until((heard) => heard.filter((h) => h.event.kind === 'status').length >= 4);
    expect(listening.heard[0]?.event).toEqual({ kind: 'status', status: site.status() });
  });

  it('tells a viewer nothing of device health', async () => {
    using viewer = await listen(api.url, 'viewer');
    using operator = await listen(api.url, 'operator');
    const [device] = site.deviceList;
    if (device === undefined) throw new Error('the site has no device');
    site.tell({ kind: 'health', device });
    site.tell({ kind: 'anchored', anchor: site.anchor });
    await Promise.all([viewer, operator].map((l) => l.until((heard) => words(heard).includes('anchored'))));
    expect([words(viewer.heard), words(operator.heard)]).toEqual([['anchored'], ['health', 'anchored']]);
  });

  it('goes on after Last-Event-ID, and says so when it cannot', async () => {
    const first = await listen(api.url, 'operator');
    site.tell({ kind: 'anchored', anchor: site.anchor });
    await first.until((heard) => words(heard).length === 1);
    const last = first.heard.findLast((h) => h.id !== null)?.id ?? '';
    first[Symbol.dispose]();
    await first.ended;
    site.tell({ kind: 'alarm', alarm: warmAlarm() });
    site.tell({ kind: 'sealed', journal: site.status().journal });

    using again = await listen(api.url, 'operator', { 'last-event-id': last });
    await again.until((heard) => words(heard).length === 2);
    expect(words(again.heard)).toEqual(['alarm', 'sealed']);
    for (const foreign of ['0123456789ab-0', `${last}9999`, 'x']) {
      using lost = await listen(api.url, 'operator', { 'last-event-id': foreign });
      await lost.until((heard) => heard.length > 0);
      expect(lost.heard[0]?.event).toEqual({ kind: 'reset' });
    }
  });

  it('asks the gateway for nothing while nobody looks, and for one feed however many do', async () => {
    expect(site.listeners).toBe(0);
    using one = await listen(api.url, 'viewer');
    using two = await listen(api.url, 'viewer');
    await Promise.all([one, two].map((l) => l.until((heard) => heard.length > 0)));
    expect(site.listeners).toBe(1);
  });

  it('cuts who is too slow and goes on for the others', async () => {
    using slow = await listen(api.url, 'operator');
    using quick = await listen(api.url, 'operator');
    slow.pause();
    const alarm = { ...warmAlarm(), basis: 'x'.repeat(50_000) };
    // 20 MB: more than what the two kernels hold for a connection, and the queue behind them.
    for (let told = 1; told <= 400; told++) {
      site.tell({ kind: 'alarm', alarm });
      await quick.until((heard) => words(heard).length >= told);
    }
    slow.resume();
    await slow.ended;
    expect(words(slow.heard).length).toBeLessThan(400);
    site.tell({ kind: 'anchored', anchor: site.anchor });
    await quick.until((heard) => words(heard).includes('anchored'));
  });

  it('ends with the session', async () => {
    const { cookie, csrf } = await signIn(api.url, 'operator');
    using listening = await listen(api.url, 'operator', { cookie });
    await listening.until((heard) => heard.length > 0);
    await call(`${api.url}/api/v1/session`, { method: 'DELETE', headers: { cookie, 'x-csrf-token': csrf } });
    await listening.ended;
  });
});
