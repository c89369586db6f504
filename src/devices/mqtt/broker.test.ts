import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { opened } from './opened.fixture.ts';
import { message, Raw, until } from './raw.fixture.ts';

const device = { profile: 'json-generic', every: '60s', 'max-gap': '200s', zone: 'cold' };
const base = { id: 'mq', driver: 'mqtt', broker: 'embedded', listen: '127.0.0.1:0' };
const settings = {
  ...base,
  devices: [
    { ...device, id: 'probe-1', topic: 'site/a' },
    { id: 'plug', topic: 'zigbee2mqtt/plug', profile: 'zigbee2mqtt-plug', every: '5m', zone: 'gate' },
  ],
};

/** Connects to the embedded broker; the CONNACK's code is in the answer. */
async function signIn(port: number, user?: string, password?: string, more: object = {}) {
  const raw = await Raw.to(port);
  raw.send({
    cmd: 'connect',
    clientId: `c-${user ?? 'x'}`,
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: 0,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...more,
  });
  return { raw, code: (await raw.one('connack')).returnCode };
}

describe('the embedded broker', () => {
  it('sends no PUBACK before the commit, and keeps the order', async () => {
    await using side = await opened(settings);
    const { raw } = await signIn(side.port);
    raw.send(message('site/a', '{"temperature":1}', 11), message('site/a', '{"temperature":2}', 12));
    await until(() => side.readings().length === 2, 'two readings');
    await delay(50);
    expect(raw.all('puback')).toEqual([]);
    side.messages()[0]?.committed?.();
    expect((await raw.one('puback')).messageId).toBe(11);
    await delay(20);
    expect(raw.all('puback')).toHaveLength(1);
    side.messages()[1]?.committed?.();
    expect((await raw.one('puback', 2)).messageId).toBe(12);
    expect(side.readings().map((r) => r.v)).toEqual([100, 200]);
    raw.socket.destroy();
  });

  it('recognises what a device sends again after a cut by its number', async () => {
    await using side = await opened(settings, true);
    const payload = JSON.stringify({ time: new Date().toISOString(), seq: 7, temperature: 4.5 });
    for (const dup of [false, true]) {
      const { raw } = await signIn(side.port);
      raw.send(message('site/a', payload, 3, dup));
      await raw.one('puback');
      raw.socket.destroy();
    }
    expect(side.readings().map((r) => r.v)).toEqual([450]);
    expect(side.refusals()).toEqual([expect.stringContaining('probe-1: repeat of no. 7')]);
  });

  it('acknowledges poison after its refusal, and goes on', async () => {
    await using side = await opened(settings);
    const { raw } = await signIn(side.port);
    raw.send(message('site/x', '{}', 1), message('site/a', '{"temperature":4,"temperature":5}', 2));
    await until(() => side.refusals().length === 2, 'two refusals');
    await delay(20);
    expect(raw.all('puback')).toEqual([]);
    for (const arrival of side.messages()) arrival.committed?.();
    await raw.one('puback', 2);
    expect(side.refusals()).toEqual([
      'mq: unknown topic site/x',
      'probe-1: duplicate key "temperature" at offset 17',
    ]);
    raw.socket.destroy();
  });

  it('cuts a client off while an oversize packet is still coming', async () => {
    await using side = await opened(settings, true);
    const { raw } = await signIn(side.port);
    raw.socket.write(
      Buffer.concat([Buffer.of(0x32, 0xff, 0xff, 0x7f, 0, 6), Buffer.from('site/a'), Buffer.alloc(900)]),
    );
    await until(() => raw.closed, 'the end');
    expect(side.refusals()).toEqual(['probe-1: message of 2097151 bytes, at most 8192']);
  });

  it('cuts a flooding client off and keeps the others', async () => {
    await using side = await opened({ ...settings, 'max-rate': 500 }, true);
    const { raw: other } = await signIn(side.port, 'quiet');
    const { raw: flooder } = await signIn(side.port, 'loud');
    for (let i = 0; i < 30; i++) {
      flooder.send(
        ...Array.from({ length: 100 }, (_, j) => message('site/a', '{"temperature":4}', 1 + i * 100 + j)),
      );
    }
    await until(() => flooder.closed, 'the end of the flood');
    expect(side.readings().length).toBeLessThan(2000);
    expect(side.refusals()).toContain('mq: c-loud sends more than 500 messages per second');
    expect((await signIn(side.port, 'loud')).code).toBe(5);
    other.send(message('zigbee2mqtt/plug', '{"state":"ON"}', 1));
    await other.one('puback');
    other.socket.destroy();
  });

  it('takes so many connections and no more', async () => {
    await using side = await opened({ ...settings, 'max-connections': 1 }, true);
    const { raw } = await signIn(side.port);
    const second = await Raw.to(side.port);
    await until(() => second.closed, 'the second one closed');
    expect(side.refusals()).toEqual(['mq: more than 1 connections']);
    raw.socket.destroy();
  });

  it('tells by the last will that a device is gone', async () => {
    await using side = await opened(settings, true);
    const will = {
      topic: 'zigbee2mqtt/plug/availability',
      payload: Buffer.from('{"state":"offline"}'),
      qos: 1,
    };
    const { raw } = await signIn(side.port, undefined, undefined, { will });
    raw.socket.destroy();
    await until(() => side.arrivals.some((a) => a.health?.[0]?.device === 'plug'), 'the will');
    expect(side.arrivals.at(-1)?.health).toEqual([{ device: 'plug', healthy: false, reason: 'offline' }]);
  });

  it('carries orders to a device that is there, and says when it is not', async () => {
    await using side = await opened(settings, true);
    const order = { id: 'o', verb: 'on', arg: null, expiresAt: Date.now() + 5000 };
    const { signal } = new AbortController();
    await expect(side.open.command?.('plug', order, signal)).rejects.toMatchObject({ code: 'PORT_LOST' });
    const { raw } = await signIn(side.port);
    raw.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'zigbee2mqtt/+/set', qos: 1 }] });
    await raw.one('suback');
    const on = side.open.command?.('plug', order, signal);
    const { topic, payload, messageId = 0 } = await raw.one('publish');
    expect([topic, String(payload)]).toEqual(['zigbee2mqtt/plug/set', '{"state":"ON"}']);
    raw.send({ cmd: 'puback', messageId }, message('zigbee2mqtt/plug', '{"state":"ON"}', 2));
    await on;
    expect(side.readings()).toEqual([{ stream: 'plug/state', v: 1, q: 0 }]);
    raw.socket.destroy();
  });

  it('keeps nothing for absent clients and nothing retained', async () => {
    await using side = await opened(settings, true);
    const first = await signIn(side.port, undefined, undefined, { clean: false });
    first.raw.send({ ...message('site/a', '{"temperature":4}', 1), retain: true });
    await first.raw.one('puback');
    first.raw.socket.destroy();
    const { raw } = await signIn(side.port, undefined, undefined, { clean: false });
    expect(raw.all('connack')[0]?.sessionPresent).toBe(false);
    raw.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: '#', qos: 1 }] });
    await raw.one('suback');
    await delay(50);
    expect(raw.all('publish')).toEqual([]);
    raw.socket.destroy();
  });
});

describe('accounts of the embedded broker', () => {
  const accounts = [
    { user: 'a', password: 'file:/a' },
    { user: 'b', password: 'file:/b', topics: ['dev/b/#'] },
  ];
  const devices = [
    { ...device, id: 'probe-a', topic: 'site/a', account: 'a' },
    { ...device, id: 'probe-b', topic: 'site/b', account: 'b' },
    { id: 'plug-b', topic: 'dev/b', profile: 'zigbee2mqtt-plug', every: '5m', zone: 'gate', account: 'b' },
  ];

  it('let nobody in without the password', async () => {
    await using side = await opened({ ...base, accounts, devices }, true);
    expect((await signIn(side.port)).code).toBe(5);
    expect((await signIn(side.port, 'a', 'secret of file:/b')).code).toBe(5);
    expect((await signIn(side.port, 'constructor', 'x')).code).toBe(5);
    expect((await signIn(side.port, 'a', 'secret of file:/a')).code).toBe(0);
    expect(side.refusals()).toEqual([
      'mq: c-x may not sign in as nobody',
      'mq: c-a may not sign in as a',
      'mq: c-constructor may not sign in as constructor',
    ]);
  });

  it('8: let a device publish under its own topics and hear its own orders only', async () => {
    await using side = await opened({ ...base, accounts, devices }, true);
    const { raw } = await signIn(side.port, 'a', 'secret of file:/a');
    raw.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'dev/b/set', qos: 1 }] });
    expect((await raw.one('suback')).granted).toEqual([128]);
    const order = { id: 'o', verb: 'on', arg: null, expiresAt: Date.now() + 5000 };
    const ordered = side.open.command?.('plug-b', order, new AbortController().signal);
    await expect(ordered).rejects.toMatchObject({ code: 'PORT_LOST' });
    raw.send(message('site/a', '{"temperature":4}', 2));
    await raw.one('puback');
    raw.send(message('site/b', '{"temperature":30}', 3));
    await until(() => raw.closed, 'the end');
    expect(side.readings()).toEqual([{ stream: 'probe-a/temperature', v: 400, q: 0 }]);
    expect(side.refusals()).toEqual(['mq: a may not publish on site/b']);
  });
});
