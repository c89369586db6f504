import { describe, expect, it } from 'vitest';
import { Quality } from '../../domain/reading.ts';
import { Rig } from './rig.fixture.ts';

const HOUR_MS = 3_600_000;

describe('a camera over the wire', () => {
  it.each(['MD5', 'SHA-256', 'token'] as const)('is followed after a login by %s', async (auth) => {
    await using rig = await Rig.start({ auth });
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    expect(rig.last('motion')).toEqual({ stream: 'cam/motion', v: 0, q: 0 });
    expect(rig.last('line')?.v).toBe(0);
    const from = Date.now();
    rig.camera.set('cam', 'motion', 1);
    await rig.until('motion', () => rig.last('motion')?.v === 1);
    const told = rig.readings.find((r) => r.stream === 'cam/motion' && r.v === 1);
    expect(told?.q).toBe(Quality.good);
    expect(told?.sourceAt).toBeGreaterThanOrEqual(from - 1);
    expect(told?.sourceAt).toBeLessThanOrEqual(Date.now());
    expect(rig.refusals).toEqual([]);
    expect(rig.health.every((h) => h.healthy)).toBe(true);
    // Who wants a token says so by a refusal.
    expect(rig.camera.counts.refused).toBe(auth === 'token' ? 1 : 0);
  });

  it('tells a crossed line for as long as it is held, and what stands again with every sign of life', async () => {
    await using rig = await Rig.start();
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.set('cam', 'line', 1);
    await rig.until('the line is free again', () => rig.changes('line').join() === '0,1,0');
    const links = rig.readings.filter((r) => r.stream === 'cam/link').length;
    await rig.until(
      'signs of life',
      () => rig.readings.filter((r) => r.stream === 'cam/link').length > links + 1,
    );
    expect(rig.readings.filter((r) => r.stream === 'cam/motion').length).toBeGreaterThan(2);
  });

  it('gives a picture whose hash is that of the bytes, and another one the next time', async () => {
    await using rig = await Rig.start();
    await rig.order();
    await rig.order();
    const [first, second] = rig.kept;
    expect(first?.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(Buffer.from(first ?? []).equals(second ?? first ?? Buffer.of())).toBe(false);
    expect(rig.blobs).toMatchObject([
      { size: first?.length, mediaType: 'image/jpeg', source: 'cam' },
      { size: second?.length, mediaType: 'image/jpeg', source: 'cam' },
    ]);
    await expect(rig.order('siren-on')).rejects.toMatchObject({ code: 'REFUSED' });
    await expect(rig.order('snapshot', Date.now() - 5)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(rig.kept).toHaveLength(2);
  });

  it('leaves no pull point behind', async () => {
    const rig = await Rig.start();
    await rig.until('subscribed', () => rig.camera.subscriptions === 1);
    const { camera } = rig;
    await rig.connection[Symbol.asyncDispose]();
    expect(camera.subscriptions).toBe(0);
    await rig[Symbol.asyncDispose]();
  });

  it('finds pictures that do not change any more', async () => {
    await using rig = await Rig.start({ entry: { pictures: { every: '1s' } } });
    rig.camera.set('cam', 'picture-frozen', 1);
    await rig.until('they are frozen', () => rig.last('picture-frozen')?.v === 1);
    expect(rig.blobs).toEqual([]);
  });

  it('translates the times of a clock that is off by an hour, and calls them uncertain', async () => {
    await using rig = await Rig.start({ auth: 'token' });
    rig.camera.fault('cam', 'clock-off');
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.fault('cam', 'reboot');
    rig.camera.fault('cam', 'clock-off');
    await rig.until('subscribed again', () => rig.said.filter((s) => s.includes('subscribed')).length === 2);
    rig.camera.set('cam', 'motion', 1);
    await rig.until('motion', () => rig.last('motion')?.v === 1);
    const told = rig.readings.find((r) => r.stream === 'cam/motion' && r.v === 1);
    expect(told?.q).toBe(Quality.deviceTimeUncertain);
    expect(Math.abs((told?.sourceAt ?? 0) - Date.now())).toBeLessThan(HOUR_MS / 60);
  });
});
