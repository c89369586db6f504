import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../domain/commit.ts';
import { DeviceError } from '../domain/errors.ts';
import { WARM } from './announcement.fixture.ts';
import { deviceChannel } from './device-channel.ts';
import { notice, Rig, until } from './dispatch.fixture.ts';
import type { Command } from './port.ts';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig[Symbol.asyncDispose]());

function order(key: string, verb: string, t: number): OutboxEntry {
  return {
    key,
    kind: 'command',
    t,
    expiry: t + 10_000,
    body: { kind: 'command', id: key, device: 'siren-1', verb, arg: null, cause: { slot: 0, seq: 0 } },
  };
}

describe('orders to devices', () => {
  it('go in order, with their expiry, and a silent device leaves the outcome unknown', async () => {
    const seen: [string, string, number][] = [];
    const t = Date.now();
    const command: Command = async (device, { verb, expiresAt }) => {
      seen.push([device, verb, expiresAt]);
      if (seen.length === 1) throw new DeviceError('TIMEOUT', 'siren-1 did not answer');
    };
    rig.box.put(order('o1', 'on', t));
    rig.start({}, { command });
    await until(() => rig.box.rows.size === 0);
    expect(seen).toEqual([
      ['siren-1', 'on', t + 10_000],
      ['siren-1', 'on', t + 10_000],
    ]);
    expect(rig.box.told[0]?.[2]).toMatchObject({ result: 'failed', unknown: true });
    expect(rig.box.told[1]?.[2]).toEqual({ result: 'delivered' });
  });

  it('give way to a newer one: a failed on never comes after the off', async () => {
    const seen: string[] = [];
    const command: Command = async (_, { verb }) => {
      seen.push(verb);
      if (verb === 'on') throw new DeviceError('TIMEOUT', 'no answer');
    };
    const t = Date.now() - 10;
    rig.box.put(order('o1', 'on', t));
    const dispatcher = rig.start({}, { command });
    await until(() => seen.length === 1);
    rig.box.put(order('o2', 'off', t + 5));
    dispatcher.wake();
    await until(() => rig.box.rows.size === 0);
    expect(seen).toEqual(['on', 'off']);
    expect(rig.box.results).toContain('o1 2 replaced by a newer order');
  });

  it('also come from a siren that is a channel, which is set to what the alarm asks for now', async () => {
    const seen: string[] = [];
    const command: Command = async (device, { verb }) => {
      seen.push(`${device} ${verb}`);
    };
    let calling = true;
    const siren = deviceChannel({ device: 'siren-1', on: 'siren-on', off: 'siren-off' }, command);
    rig.box.put(notice('n1', 'siren'));
    const dispatcher = rig.start({ siren }, { announce: () => ({ ...WARM, calls: calling }) });
    await until(() => rig.box.told.length === 1);
    calling = false;
    rig.box.put(notice('n2', 'siren'));
    dispatcher.wake();
    await until(() => rig.box.told.length === 2);
    expect(seen).toEqual(['siren-1 siren-on', 'siren-1 siren-off']);
  });
});
