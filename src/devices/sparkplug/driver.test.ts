import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Quality } from '../../domain/reading.ts';
import { until } from '../modbus/rig.fixture.ts';
import type { Simulator } from '../port.ts';
import { World } from './world.fixture.ts';

const TEMPERATURE = 'freezer-1/temperature';

async function alive(): Promise<{ world: World; node: Simulator }> {
  const world = await World.open();
  const node = world.node();
  await until(() => world.last(TEMPERATURE) === 0 && world.last('freezer-2/door') === 0);
  return { world, node };
}

describe('an edge node', () => {
  it('is heard, and what it said last is told again while it lives', async () => {
    const { world, node } = await alive();
    await using _ = world;
    expect(world.health).toContain('freezer-1 ok');
    node.set('freezer-1', 'temperature', -1825);
    node.set('freezer-1', 'door', 1);
    await until(() => world.last(TEMPERATURE) === -1825 && world.last('freezer-1/door') === 1);
    expect(world.readings(TEMPERATURE).at(-1)).toMatchObject({ q: 0, sourceAt: expect.any(Number) });
    const before = world.readings(TEMPERATURE).length;
    await until(() => world.readings(TEMPERATURE).length > before);
    expect(world.readings(TEMPERATURE).at(-1)).toEqual({ stream: TEMPERATURE, v: -1825, q: 0 });
    expect(world.refusals).toEqual([]);
  });

  it('that goes without a word is dead by its will, and back by its birth', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'offline');
    await until(() => world.last(TEMPERATURE) === null && world.last('freezer-2/temperature') === null);
    expect(world.health.slice(-2)).toEqual(['freezer-1 node death', 'freezer-2 node death']);
    node.fault('freezer-1', null);
    await until(() => world.last(TEMPERATURE) === 0);
    expect(world.health.at(-1)).toBe('freezer-2 ok');
  });

  it('lost-birth: what it says is refused, and it is asked for its birth', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'lost-birth');
    await until(() => world.last(TEMPERATURE) === null);
    const asked = world.orders.length;
    // On the way back: it says nothing before it is connected.
    await until(() => {
      node.set('freezer-1', 'temperature', 500);
      return world.last(TEMPERATURE) === 500;
    });
    expect(world.refusals.some((r) => r === 'freezer-1: DDATA before a birth')).toBe(true);
    expect(world.orders.length).toBeGreaterThan(asked);
  });

  it('seq-gap: unknown until the birth that was asked for', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'seq-gap');
    node.set('freezer-1', 'temperature', 700);
    await until(() => world.health.includes('freezer-2 sequence gap'));
    await until(() => world.last(TEMPERATURE) === 700 && world.health.at(-1) === 'freezer-2 ok');
    expect(world.readings(TEMPERATURE).map((r) => r.v)).toContain(null);
    expect(world.refusals).toContain('freezer-1: a message with seq 3 is missing');
  });

  it('reordered: both messages count, in their order, and nobody is asked', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.set('freezer-1', 'temperature', 100);
    await until(() => world.last(TEMPERATURE) === 100);
    const asked = world.orders.length;
    node.fault('freezer-1', 'reordered');
    node.set('freezer-1', 'temperature', 200);
    await until(() => world.last(TEMPERATURE) === 200);
    expect(
      world
        .readings(TEMPERATURE)
        .slice(-2)
        .map((r) => r.v),
    ).toEqual([100, 200]);
    expect(world.orders.length).toBe(asked);
    expect(world.refusals).toEqual([]);
  });

  it('unknown-alias: refused by name, and asked for its birth', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'unknown-alias');
    node.set('freezer-1', 'temperature', 800);
    await until(() => world.last(TEMPERATURE) === 800);
    expect(world.refusals[0]).toBe('freezer-1: alias 1001 is of no birth');
  });

  it('stale-death: the death of an earlier session kills nobody', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'stale-death');
    await until(() => world.refusals.length > 0);
    expect(world.refusals[0]).toMatch(/^freezer-1: NDEATH of session \d+, the node is in 0$/);
    node.set('freezer-1', 'temperature', 900);
    await until(() => world.last(TEMPERATURE) === 900);
    expect(world.readings(TEMPERATURE).map((r) => r.v)).not.toContain(null);
  });

  it('device-death: that device alone', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'device-death');
    await until(() => world.health.at(-1) === 'freezer-1 device death');
    expect([world.last(TEMPERATURE), world.last('freezer-2/temperature')]).toEqual([null, 0]);
    node.fault('freezer-1', null);
    await until(() => world.health.at(-1) === 'freezer-1 ok' && world.last(TEMPERATURE) === 0);
  });

  it('historical: late, and no news of now', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'historical');
    node.set('freezer-1', 'temperature', 1000);
    await until(() => world.last(TEMPERATURE) === 1000);
    expect(world.readings(TEMPERATURE).at(-1)?.q).toBe(Quality.backfilled);
    await until(() => world.last(TEMPERATURE) === 0);
  });

  it('bad-quality and nonsense: no value, and refused by name', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'bad-quality');
    node.set('freezer-1', 'temperature', 1000);
    await until(() => world.last(TEMPERATURE) === null);
    expect(world.readings(TEMPERATURE).at(-1)?.q).toBe(Quality.deviceAlarm);
    node.fault('freezer-1', 'nonsense');
    node.set('freezer-1', 'temperature', 1100);
    await until(() => world.refusals.length > 0);
    expect(world.refusals[0]).toBe('freezer-1: DDATA: wire type 3 of field 1');
  });

  it('that does not obey is asked again, but not more often than is set', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.fault('freezer-1', 'no-rebirth');
    const before = performance.now();
    const asked = world.orders.length;
    for (let i = 0; i < 20; i++) node.fault('freezer-1', 'unknown-alias');
    node.fault('freezer-1', 'no-rebirth');
    await world.broker.say('spBv1.0/ColdChain/DDATA/gw1/freezer-1', Uint8Array.of(0x18, 0x50));
    await until(() => world.health.includes('freezer-1 sequence gap'));
    await until(() => world.orders.length >= asked + 2);
    expect((performance.now() - before) / (world.orders.length - asked)).toBeGreaterThan(400);
    expect(world.last(TEMPERATURE)).toBeNull();
  });
});

describe('the gateway', () => {
  it('that was away knows nothing, and asks each node for its birth', async () => {
    const { world, node } = await alive();
    await using _ = world;
    node.set('freezer-1', 'temperature', 300);
    await until(() => world.last(TEMPERATURE) === 300);
    world.broker.cut();
    await until(() => world.last(TEMPERATURE) === null);
    expect(world.health).toContain('plant port-lost');
    await until(() => world.last(TEMPERATURE) === 300, 10_000);
  });

  it('refuses what is retained, what is nobody it knows, and passes over orders', async () => {
    await using world = await World.open();
    await world.broker.say('spBv1.0/ColdChain/DCMD/gw1/freezer-1', 'anything');
    await world.broker.say('spBv1.0/ColdChain/NOTHING/gw1', 'x');
    await until(() => world.refusals.length > 0);
    expect(world.refusals).toEqual(['plant: unknown topic spBv1.0/ColdChain/NOTHING/gw1']);
  });

  it('is the primary host it is set up to be: there, lost, there again, and gone', async () => {
    const states: string[] = [];
    {
      await using world = await World.open({ host: 'bailee' });
      await until(() => world.states.length === 1);
      world.broker.cut();
      await until(() => world.states.length === 3);
      states.push(...world.states);
      world.states.length = 0;
      await world.stop();
      states.push(...world.states);
    }
    const said = states.map((text) =>
      z.strictObject({ online: z.boolean(), timestamp: z.int() }).parse(JSON.parse(text)),
    );
    expect(said.map((s) => s.online)).toEqual([true, false, true, false]);
    expect(new Set(said.map((s) => s.timestamp)).size).toBe(1);
  });
});
