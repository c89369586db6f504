import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

describe('the metrics', () => {
  it('are what was counted and set, in the text of Prometheus', async () => {
    const metrics = new Metrics();
    metrics.readings.inc({ quality: 'good' }, 3);
    metrics.refusals.inc({ code: 'CHECKSUM' });
    metrics.commitSeconds.observe(0.004);
    metrics.alarms.set({ priority: 'high' }, 2);
    metrics.anchorAgeSeconds.set(61.5);
    const text = await metrics.render();
    expect(text).toContain('bailee_readings_total{quality="good"} 3\n');
    expect(text).toContain('bailee_refusals_total{code="CHECKSUM"} 1\n');
    expect(text).toContain('bailee_commit_seconds_bucket{le="0.005"} 1\n');
    expect(text).toContain('bailee_commit_seconds_bucket{le="0.0025"} 0\n');
    expect(text).toContain('bailee_alarms{priority="high"} 2\n');
    expect(text).toContain('bailee_anchor_age_seconds 61.5\n');
  });

  it('say NaN for what nobody has set yet: an anchor never made has no age', async () => {
    expect(await new Metrics().render()).toContain('bailee_anchor_age_seconds Nan\n');
  });

  it('have a help line each, and belong to one gateway', async () => {
    const [a, b] = [new Metrics(), new Metrics()];
    a.commits.inc();
    const text = await b.render();
    expect(text).toContain('bailee_commits_total 0\n');
    expect(text.match(/^# HELP bailee_/gm)).toHaveLength(15);
  });
});
