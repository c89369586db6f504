import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LagMeter } from './lag.ts';

describe('the lag meter', () => {
  it('sees how long the loop was held up, once', async () => {
    using meter = new LagMeter(20);
    await wait(60);
    const start = performance.now();
    while (performance.now() - start < 300);
    expect(meter.lagMs).toBeGreaterThan(250);
    await wait(60);
    expect(meter.takeWorst()).toBeGreaterThan(250);
    await wait(60);
    expect(meter.takeWorst()).toBeLessThan(250);
  });
});
