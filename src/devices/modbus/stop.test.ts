import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { modbusTcp } from './driver.ts';
import { Rig, configured, shipped } from './rig.fixture.ts';
import { simulateTcp } from './simulator.ts';

/** Two connections to one relay board: one is stopped, the other sees what it left behind. */
async function twoRigs(timeout = '200ms') {
  const stack = new AsyncDisposableStack();
  const slaves = [{ id: 'siren-1', unit: 4, profile: 'relay-siren', every: '1s' }];
  const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout, slaves };
  const simulator = stack.use(await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 }));
  const connection = configured(modbusTcp, { ...entry, port: simulator.port });
  const stopped = stack.use(new Rig(connection));
  const after = stack.use(new Rig(connection));
  return { stopped, after, simulator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('stopping a connection', () => {
  it.each([
    ['its own stop', false],
    ['the stop of who gave the order', true],
  ])('ends a pulse before the line closes, at %s', async (_, ofGiver) => {
    await using world = await twoRigs();
    const giver = new AbortController();
    const flash = { id: 'c-1', verb: 'light-flash', arg: null, expiresAt: Infinity };
    const done = world.stopped.open.command?.('siren-1', flash, giver.signal);
    await delay(200);
    expect((await world.after.poll('siren-1')).readings).toEqual(['siren: 0', 'light: 1']);
    if (ofGiver) giver.abort();
    await world.stopped[Symbol.asyncDispose]();
    expect((await world.after.poll('siren-1')).readings).toContain('light: 0');
    await done;
    expect(world.stopped.logged.filter((l) => l.includes('before'))).toEqual([]);
  });

  it('refuses at once an order that had not begun, and leaves its coil alone', async () => {
    await using world = await twoRigs('600ms');
    await world.stopped.command('siren-1', 'light-on');
    world.simulator.fault('siren-1', 'silent');
    const begun = world.stopped.command('siren-1', 'siren-on').catch((error: unknown) => error);
    const queued = world.stopped.command('siren-1', 'light-flash').catch((error: unknown) => error);
    await delay(50);
    const before = performance.now();
    const closed = world.stopped[Symbol.asyncDispose]();
    expect(await queued).toMatchObject({ code: 'REFUSED', message: 'siren-1: stopped before it was asked' });
    expect(performance.now() - before).toBeLessThan(300);
    const late = world.stopped.command('siren-1', 'siren-on');
    await expect(late).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await begun).toMatchObject({ code: 'TIMEOUT' });
    await closed;
    world.simulator.fault('siren-1', null);
    expect((await world.after.poll('siren-1')).readings).toContain('light: 1');
  });

  it('waits at most 5 s for an order that does not end, and tells of it', async () => {
    await using world = await twoRigs('20s');
    world.simulator.fault('siren-1', 'silent');
    const begun = world.stopped.command('siren-1', 'light-flash').catch((error: unknown) => error);
    await delay(50);
    const before = performance.now();
    await world.stopped[Symbol.asyncDispose]();
    expect(performance.now() - before).toBeGreaterThan(4900);
    expect(performance.now() - before).toBeLessThan(6000);
    expect(await begun).toMatchObject({ code: 'PORT_LOST' });
    expect(world.stopped.logged).toContain('warn tcp-1: closed before 1 order had ended');
  }, 10_000);

  it('says nothing of a line that was closed on purpose', async () => {
    await using world = await twoRigs();
    await world.stopped.poll('siren-1');
    await world.stopped[Symbol.asyncDispose]();
    expect(world.stopped.logged).toEqual(['info tcp-1: line ok']);
    expect(world.stopped.health.map((h) => h.reason)).toEqual(['ok']);
  });

  it('says nothing either when it is stopped while the line is still being opened', async () => {
    const slaves = [{ id: 'siren-1', unit: 4, profile: 'relay-siren', every: '1s' }];
    const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', port: 9, timeout: '1s', slaves };
    const rig = new Rig(configured(modbusTcp, entry));
    await rig[Symbol.asyncDispose]();
    expect(rig.logged).toEqual([]);
  });
});
