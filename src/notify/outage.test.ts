import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { notice, Rig } from './dispatch.fixture.ts';
import { openReceiver } from './receiver.fixture.ts';
import type { Channel } from './port.ts';
import { webhookChannel } from './webhook.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
afterEach(() => vi.useRealTimers());

const hook = (id: string, url: string): Channel =>
  webhookChannel({ id, url, lan: true, secret: { reveal: () => 's' }, timeZone: () => 'UTC' });

/** Lets real sockets do what they are at, while the clock stands still. */
async function settle(done: () => boolean, turns = 200_000): Promise<void> {
  for (let i = 0; i < turns && !done(); i++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

it('an endpoint that lies, refuses and breaks off for a day delays no other, loses nothing and repeats nothing', async () => {
  let isUp = false;
  const kinds = [503, 404, 500];
  await using bad = await openReceiver((_, n) => (isUp ? {} : { status: kinds[n % kinds.length] ?? 500 }));
  await using good = await openReceiver(() => ({}));
  await using rig = new Rig();
  const dispatcher = rig.start(
    { bad: hook('bad', bad.url), good: hook('good', good.url) },
    { now: Date.now },
  );
  const expected: string[] = [];
  // An alarm every ten minutes of a day, told over both.
  for (let i = 0; i < DAY / (10 * MINUTE); i++) {
    for (const channel of ['bad', 'good']) {
      rig.box.put(notice(`${channel}-${i}`, channel, 7 * DAY));
      expected.push(`${channel}-${i}`);
    }
    dispatcher.wake();
    await settle(() => good.calls.length === i + 1 && rig.box.told.some(([key]) => key === `good-${i}`));
    // In the same moment, whatever the other one does.
    expect(rig.box.told.filter(([key]) => key === `good-${i}`)).toHaveLength(1);
    for (let m = 0; m < 10; m++) {
      await vi.advanceTimersByTimeAsync(MINUTE);
      await settle(() => false, 100);
    }
  }
  // One probe now and then, and not the backlog.
  expect(bad.calls.length).toBeGreaterThan(50);
  expect(bad.calls.length).toBeLessThan(1000);
  isUp = true;
  const before = bad.calls.length;
  for (let m = 0; m < 20 && rig.box.rows.size > 0; m++) {
    await vi.advanceTimersByTimeAsync(MINUTE);
    await settle(() => rig.box.rows.size === 0, 20_000);
  }
  expect(rig.box.rows.size).toBe(0);
  const delivered = rig.box.told.filter(([, , o]) => o.result === 'delivered').map(([key]) => key);
  expect(delivered.toSorted()).toEqual(expected.toSorted());
  const ids = bad.calls.slice(before).map((c) => c.headers['idempotency-key']);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(144);
});
