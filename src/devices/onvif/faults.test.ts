import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
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
    rig.camera.fault('cam', 'media2-only');
    await rig.order();
    expect(rig.kept).toHaveLength(1);
  });

  it('speaks no HTTP, or never ends a header: told within its time', async () => {
    const garbage = createServer((socket) => void socket.on('error', ignore).end('SSH-2.0-camera\r\n'));
    const endless = createServer((socket) => {
      const timer = setInterval(() => socket.write('x-more: 1\r\n'), 5);
      socket.on('error', ignore).on('close', () => clearInterval(timer));
      socket.write('HTTP/1.1 200 OK\r\n');
    });
    for (const [server, code] of [
      [garbage, 'MALFORMED'],
      [endless, 'TIMEOUT'],
    ] as const) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      using agent = new DisposableAgent();
      const client = clientOf((server.address() as AddressInfo).port, agent, 400);
      await expect(client.readClock(AbortSignal.timeout(10_000))).rejects.toMatchObject({ code });
      server.close();
    }
  });
});

function ignore(): void {
  // The far end went away, as it may.
}

function clientOf(port: number, agent: Agent, answerMs: number): CameraClient {
  return new CameraClient({
    id: 'other',
    url: new URL(`http://127.0.0.1:${port}/onvif/device_service`),
    login: { user: ENTRY.user, password: 'correct horse' },
    answerMs,
    now: Date.now,
    trace: undefined,
    agent,
  });
}

describe('a pull point', () => {
  it('is renewed before its end, by a span or by the clock of the camera; where it cannot be, it ends', async () => {
    await using rig = await Rig.start();
    await rig.until('subscribed', () => rig.camera.subscriptions === 1);
    using agent = new DisposableAgent();
    const client = clientOf(rig.camera.port, agent, 5000);
    let [subscribed, pulls] = [0, 0];
    const stop = new AbortController();
    const watcher = {
      subscribed: () => void subscribed++,
      pulled: () => {
        if (++pulls === 5) stop.abort();
      },
    };
    const ended = runSession(client, { pullMs: 1000, leaseMs: 4000 }, watcher, stop.signal);
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    // Five pulls of a second are longer than the pull point lives by itself.
    expect([subscribed, pulls]).toEqual([1, 5]);

    const never = new AbortController().signal;
    rig.camera.fault('cam', 'absolute-times');
    const point = await client.subscribe(
      `http://127.0.0.1:${rig.camera.port}/onvif/event_service`,
      60_000,
      never,
    );
    const lease = (await client.renew(point, 600_000, never)) ?? 0;
    expect(lease).toBeGreaterThan(590_000);
    expect(lease).toBeLessThanOrEqual(601_000);
    rig.camera.fault('cam', 'no-renew');
    const untold = runSession(client, { pullMs: 1000, leaseMs: 2000 }, watcher, never);
    await expect(untold).rejects.toMatchObject({
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
