import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CameraClient } from './client.ts';
import { ENTRY, Rig } from './rig.fixture.ts';
import { runSession } from './session.ts';

describe('a camera that misbehaves', () => {
  it('restarts and forgets who is subscribed: everything is told anew', async () => {
    await using rig = await Rig.start();
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.fault('cam', 'reboot');
    rig.camera.set('cam', 'motion', 1);
    await rig.until('motion that began meanwhile', () => rig.last('motion')?.v === 1);
    rig.camera.set('cam', 'motion', 0);
    await rig.until('its end', () => rig.last('motion')?.v === 0);
    expect(rig.camera.subscriptions).toBe(1);
    expect(rig.health.every((h) => h.healthy)).toBe(true);
  });

  it('does not know the password: it is tried seldom, told, and everything is unknown', async () => {
    await using rig = await Rig.start({ password: 'wrong', entry: { 'max-gap': '1s' } });
    await rig.until('unknown', () => rig.last('motion')?.v === null && rig.last('link')?.v === null);
    expect(rig.health).toEqual([{ device: 'cam', healthy: false, reason: 'refused' }]);
    expect(rig.refusals).toMatchObject([
      { code: 'REFUSED', detail: expect.stringContaining('check user and password') },
    ]);
    expect(rig.refusals[0]?.detail).not.toContain('wrong');
    expect(rig.camera.counts.refused).toBe(1);
    await expect(rig.order()).rejects.toMatchObject({ code: 'REFUSED' });
    expect(rig.camera.counts.refused).toBe(2);
  });

  it('says nothing: silence is a fault, and ends', async () => {
    await using rig = await Rig.start({ entry: { 'max-gap': '2s' } });
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.fault('cam', 'hang');
    await expect(rig.order()).rejects.toMatchObject({ code: 'TIMEOUT' });
    await rig.until('unknown', () => rig.last('motion')?.v === null && rig.last('link')?.v === null);
    rig.camera.fault('cam', null);
    await rig.until('back again', () => rig.last('motion')?.v === 0 && rig.last('link')?.v === 1);
  });

  it.each([
    ['huge-answer', /more than 524288 bytes/],
    ['xml-bomb', /a document type or another declaration at offset 21/],
    ['noise', /not UTF-8|a control character/],
  ])('sends what is no answer (%s): refused at once', async (fault, why) => {
    await using rig = await Rig.start();
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.fault('cam', fault);
    await rig.until('refused', () => rig.refusals.some((r) => r.code === 'MALFORMED'));
    expect(rig.refusals.find((r) => r.code === 'MALFORMED')?.detail).toMatch(why);
    expect(rig.health.at(-1)).toEqual({ device: 'cam', healthy: false, reason: 'malformed' });
  });

  it('names the address it left the factory with: only the path counts', async () => {
    await using rig = await Rig.start();
    rig.camera.fault('cam', 'reboot');
    rig.camera.fault('cam', 'factory-address');
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    await rig.order();
    expect(rig.kept).toHaveLength(1);
  });

  it('tells everything twice and what it told before again: each change is read once', async () => {
    await using rig = await Rig.start();
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    rig.camera.fault('cam', 'duplicate-events');
    for (const v of [1, 0, 1, 0]) {
      rig.camera.set('cam', 'motion', v);
      await rig.until(`motion ${v}`, () => rig.last('motion')?.v === v);
    }
    rig.camera.set('cam', 'tamper', 1);
    await rig.until('tamper', () => rig.last('tamper')?.v === 1);
    const changes = rig.readings.filter((r) => r.stream === 'cam/motion' && r.sourceAt !== undefined);
    expect(changes.map((r) => r.v)).toEqual([1, 0, 1, 0]);
  });

  it('does not wait in a pull: it is asked once a second all the same', async () => {
    await using rig = await Rig.start();
    rig.camera.fault('cam', 'impatient');
    await rig.until('the state of everything', () => rig.last('tamper')?.v === 0);
    const before = rig.camera.counts.served;
    const links = (): number => rig.readings.filter((r) => r.stream === 'cam/link').length;
    await rig.until('two more signs of life', () => links() > 2);
    expect(rig.camera.counts.served - before).toBeLessThan(6);
  });

  it('has no profile with an encoder, or no picture: the order fails and says why', async () => {
    await using rig = await Rig.start();
    rig.camera.fault('cam', 'no-encoder');
    await expect(rig.order()).rejects.toThrow('no profile with a video encoder among 1');
    rig.camera.fault('cam', 'no-picture');
    await expect(rig.order()).rejects.toThrow('bytes that are no JPEG');
    expect([rig.kept, rig.blobs]).toEqual([[], []]);
    rig.camera.fault('cam', null);
    await rig.order();
    expect(rig.kept).toHaveLength(1);
  });
});

describe('a pull point', () => {
  it('is renewed before its end; where it cannot be, the session ends and begins anew', async () => {
    await using rig = await Rig.start();
    await rig.until('subscribed', () => rig.camera.subscriptions === 1);
    using agent = new DisposableAgent();
    const client = new CameraClient({
      id: 'other',
      url: new URL(`http://127.0.0.1:${rig.camera.port}/onvif/device_service`),
      login: { user: ENTRY.user, password: 'correct horse' },
      answerMs: 5000,
      now: Date.now,
      trace: undefined,
      agent,
    });
    let [subscribed, pulls] = [0, 0];
    const stop = new AbortController();
    const watcher = {
      subscribed: () => void subscribed++,
      pulled: () => {
        if (++pulls === 3) stop.abort();
      },
    };
    const rhythm = { pullMs: 1000, leaseMs: 2000 };
    const ended = runSession(client, rhythm, watcher, stop.signal);
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    // Three pulls of a second are longer than the pull point lives by itself.
    expect([subscribed, pulls]).toEqual([1, 3]);
    rig.camera.fault('cam', 'absolute-times');
    const other = new AbortController();
    const once = {
      subscribed: watcher.subscribed,
      pulled: () => (++pulls === 5 ? other.abort() : undefined),
    };
    await expect(runSession(client, rhythm, once, other.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect([subscribed, pulls]).toEqual([2, 5]);
    rig.camera.fault('cam', 'no-renew');
    const going = new AbortController();
    await expect(runSession(client, rhythm, watcher, going.signal)).rejects.toMatchObject({
      code: 'EXCEPTION_REPLY',
      message: expect.stringContaining('PullMessages: ResourceUnknownFault'),
    });
  });
});

class DisposableAgent extends Agent implements Disposable {
  [Symbol.dispose](): void {
    this.destroy();
  }
}
