import { describe, expect, it } from 'vitest';
import { WARM } from './announcement.fixture.ts';
import { Pace } from './pace.ts';
import type { Announcement } from './port.ts';

const S = 1000;
const at = (place: string, priority: Announcement['priority'] = 'high'): Announcement => ({
  ...WARM,
  priority,
  place: { en: place, zh: place },
});
const pace = (perMinute = 10) => new Pace({ perMinute, incidentMs: 60 * S });

describe('how often one recipient is written to', () => {
  it('is once for alarms of one place within a minute, but for what is worse', () => {
    const p = pace();
    expect(p.allowedAt('wang', at('cold-1'), false)).toBe(-Infinity);
    p.sent('wang', [at('cold-1')], 5 * S);
    expect(p.allowedAt('wang', at('cold-1'), false)).toBe(65 * S);
    expect(p.allowedAt('wang', at('cold-1', 'low'), false)).toBe(65 * S);
    expect(p.allowedAt('wang', at('cold-1', 'urgent'), false)).toBe(-Infinity);
    expect(p.allowedAt('wang', at('cold-2'), false)).toBe(-Infinity);
    expect(p.allowedAt('li', at('cold-1'), false)).toBe(-Infinity);
    p.sent('wang', [at('cold-1', 'urgent')], 10 * S);
    expect(p.allowedAt('wang', at('cold-1', 'urgent'), false)).toBe(70 * S);
  });

  it('is once a minute for all places together while alarms flood in', () => {
    const p = pace();
    p.sent('wang', [at('cold-1')], 5 * S);
    expect(p.allowedAt('wang', at('cold-2'), true)).toBe(65 * S);
    expect(p.allowedAt('wang', at('cold-2', 'urgent'), true)).toBe(-Infinity);
  });

  it('is no more than the other side takes, also for what is urgent', () => {
    const p = pace(3);
    for (const [i, place] of ['a', 'b', 'c'].entries()) p.sent('robot', [at(place)], i * S);
    expect(p.allowedAt('robot', at('d', 'urgent'), false)).toBe(60 * S);
    p.sent('robot', [at('d', 'urgent')], 61 * S);
    expect(p.allowedAt('robot', at('e', 'urgent'), false)).toBe(-Infinity);
  });
});
