import { describe, expect, it } from 'vitest';
import type { CommandOrderTo } from '../../domain/device.ts';
import { until } from '../modbus/rig.fixture.ts';
import type { Simulator } from '../port.ts';
import { device, World } from './world.fixture.ts';

function order(verb: string, ms = 10_000): CommandOrderTo {
  return { id: `${verb}-1`, verb, arg: null, expiresAt: Date.now() + ms };
}

describe('an order', () => {
  const siren = { ...device('siren-1'), profile: 'sparkplug-siren' };
  async function withSiren(): Promise<{ world: World; node: Simulator }> {
    const world = await World.open({ devices: [siren] });
    const node = world.node([siren]);
    await until(() => world.last('siren-1/siren') === 0);
    return { world, node };
  }

  it('is done when the node says that its metric is so, also when it was so before', async () => {
    const { world } = await withSiren();
    await using _ = world;
    await world.command('siren-1', order('on'));
    expect(world.last('siren-1/siren')).toBe(1);
    await world.command('siren-1', order('on'));
    await world.command('siren-1', order('off'));
    expect(world.last('siren-1/siren')).toBe(0);
    expect(world.refusals).toEqual([]);
  });

  it('to the edge node itself is an NCMD', async () => {
    const { device: _none, ...own } = { ...device('plc-1'), profile: 'sparkplug-siren' };
    await using world = await World.open({ devices: [own] });
    world.node([own]);
    await until(() => world.last('plc-1/siren') === 0);
    const before = world.orders.length;
    await world.command('plc-1', order('on'));
    expect(world.last('plc-1/siren')).toBe(1);
    expect(world.orders.slice(before)).toEqual(['spBv1.0/ColdChain/NCMD/gw1']);
  });

  it('that the node does not obey is not done', async () => {
    const { world, node } = await withSiren();
    await using _ = world;
    node.fault('siren-1', 'deaf');
    await expect(world.command('siren-1', order('on', 700))).rejects.toThrow(
      /^siren-1 did not say within \d+ ms that Outputs\/Siren is true$/,
    );
  });

  it('is not sent late, to what it does not know, or to a device of which nothing is known', async () => {
    const { world, node } = await withSiren();
    await using _ = world;
    await expect(world.command('siren-1', order('on', -5))).rejects.toThrow(
      /^order on-1 expired \d+ ms ago$/,
    );
    await expect(world.command('siren-1', order('open'))).rejects.toThrow('siren-1 does not know open');
    await expect(world.command('siren-2', order('on'))).rejects.toThrow('there is no siren-2 here');
    node.fault('siren-1', 'offline');
    await until(() => world.last('siren-1/siren') === null);
    await expect(world.command('siren-1', order('on'))).rejects.toThrow(
      'no birth of siren-1 tells of Outputs/Siren',
    );
  });
});
