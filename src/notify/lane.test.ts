import { expect, it } from 'vitest';
import { CHANNEL_BACKOFF } from './backoff.ts';
import { notice } from './dispatch.fixture.ts';
import { Lane } from './lane.ts';

it('rests with more waiting than a call may have arguments', async () => {
  let tried = 0;
  const stop = new AbortController();
  const lane = new Lane({
    attempt: async () => {
      if (++tried === 2) stop.abort();
      throw new Error('the line is down');
    },
    report: async () => undefined,
    backoff: CHANNEL_BACKOFF,
    timeoutMs: 1000,
    now: Date.now,
    random: () => 0,
    pacing: null,
  });
  for (let i = 0; i < 150_000; i++) lane.add({ ...notice(`n${i}`, 'line'), attempts: 0 });
  await lane.drain(stop.signal);
  expect(tried).toBe(2);
  expect(lane.waiting).toBe(150_000 - 2);
});
