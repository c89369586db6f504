import { describe, expect, it } from 'vitest';
import { runPoller } from './poller.ts';
import type { PolledDevice } from './port.ts';

/** Time that passes only when somebody waits or works. */
function simulated(until: number) {
  const stop = new AbortController();
  let t = 1000;
  const asked: string[] = [];
  const pass = (ms: number): void => {
    t += ms;
    if (t >= until) stop.abort();
  };
  const device = (id: string, everyMs: number, takesMs: (turn: number) => number): PolledDevice => {
    let turn = 0;
    return {
      id,
      everyMs,
      poll: () => {
        asked.push(`${id}@${t}`);
        pass(takesMs(turn++));
        return Promise.resolve();
      },
    };
  };
  const run = async (...devices: readonly PolledDevice[]): Promise<string[]> => {
    const ticker = {
      now: () => t,
      pause: (ms: number) => {
        pass(ms);
        return Promise.resolve();
      },
    };
    await runPoller(devices, () => undefined, stop.signal, ticker);
    return asked;
  };
  return { device, run };
}

describe('the poller', () => {
  it('asks each device at its own cadence, on a grid that does not drift', async () => {
    const { device, run } = simulated(2000);
    const asked = await run(
      device('slow', 500, () => 30),
      device('fast', 200, () => 7),
    );
    expect(asked).toEqual([
      'fast@1000',
      'slow@1007',
      'fast@1200',
      'fast@1400',
      'slow@1500',
      'fast@1600',
      'fast@1800',
    ]);
  });

  it('asks once after a stall, then on the old grid', async () => {
    const { device, run } = simulated(6500);
    expect(await run(device('a', 1000, (turn) => (turn === 1 ? 2600 : 10)))).toEqual([
      'a@1000',
      'a@2000',
      'a@4600',
      'a@5000',
      'a@6000',
    ]);
  });

  it('does not start when already stopped', async () => {
    const stop = new AbortController();
    stop.abort();
    let polls = 0;
    const device: PolledDevice = { id: 'a', everyMs: 1, poll: () => Promise.resolve(void polls++) };
    await runPoller([device], () => undefined, stop.signal);
    expect(polls).toBe(0);
  });

  it('stops while it waits', async () => {
    const stop = new AbortController();
    const device: PolledDevice = { id: 'a', everyMs: 60_000, poll: () => Promise.resolve() };
    const running = runPoller([device], () => undefined, stop.signal);
    setTimeout(() => stop.abort(), 5);
    await expect(running).resolves.toBeUndefined();
  });
});
