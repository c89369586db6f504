import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hasMosquitto, mosquitto, mosquittoPub } from './mosquitto.fixture.ts';
import { opened } from './opened.fixture.ts';
import { Raw, until } from './raw.fixture.ts';

const why = hasMosquitto ? '' : ' (skipped: mosquitto is not installed)';
const device = { profile: 'zigbee2mqtt-climate', every: '60s', 'max-gap': '200s', zone: 'cold' };
const settings = (port: number, version: '3.1.1' | 5) => ({
  id: 'mq',
  driver: 'mqtt',
  url: `mqtt://127.0.0.1:${port}`,
  version,
  devices: [{ ...device, id: 'probe-1', topic: 'zigbee2mqtt/cold-1' }],
});

const order = (verb: string, ms: number) => ({ id: 'o1', verb, arg: null, expiresAt: Date.now() + ms });

describe('at a real broker', () => {
  it.skipIf(!hasMosquitto)(`reads what mosquitto_pub publishes, over 3.1.1 and 5${why}`, async () => {
    await using broker = await mosquitto();
    for (const version of ['3.1.1', 5] as const) {
      await using side = await opened(settings(broker.port, version), true);
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', '{"temperature":4.31,"humidity":61.2}');
      await until(() => side.readings().length === 2, 'two readings');
      expect(side.readings().map((r) => [r.stream, r.v, r.q])).toEqual([
        ['probe-1/temperature', 431, 0],
        ['probe-1/humidity', 6120, 0],
      ]);
    }
  });

  it.skipIf(!hasMosquitto)(
    `gets again, in order, what was not committed before a restart${why}`,
    async () => {
      await using broker = await mosquitto();
      const publish = (i: number) =>
        mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', `{"temperature":${i},"last_seen":${Date.now() + i}}`);
      {
        await using side = await opened(settings(broker.port, '3.1.1'));
        for (const i of [1, 2, 3]) await publish(i);
        await until(() => side.readings().length === 3, 'three readings');
        side.messages()[0]?.committed?.();
        await delay(50);
      }
      await publish(4);
      await using again = await opened(settings(broker.port, '3.1.1'));
      await until(() => again.readings().length >= 3, 'the rest');
      await delay(50);
      expect(again.readings().map((r) => r.v)).toEqual([200, 300, 400]);
    },
  );

  it.skipIf(!hasMosquitto)(
    `is not blocked by poison, and takes what was retained for old${why}`,
    async () => {
      await using broker = await mosquitto();
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', '{"temperature":9}', ['-r']);
      await using side = await opened({ ...settings(broker.port, 5), subscribe: ['zigbee2mqtt/#'] }, true);
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', '{"temperature":1,"temperature":2}');
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', `{"x":"${'x'.repeat(20_000)}"}`);
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-9', '{"temperature":1}');
      await mosquittoPub(broker.port, 'zigbee2mqtt/cold-1', '{"temperature":3}');
      await until(() => side.readings().length === 2, 'the good one after them');
      expect(side.readings().map((r) => [r.v, r.q])).toEqual([
        [900, 1],
        [300, 0],
      ]);
      expect(side.refusals()).toEqual([
        'probe-1: duplicate key "temperature" at offset 17',
        expect.stringMatching(/^probe-1: message of 2\d{4} bytes, at most 8192$/),
        'mq: unknown topic zigbee2mqtt/cold-9',
      ]);
    },
  );

  it.skipIf(!hasMosquitto)(`switches a relay and waits for its word${why}`, async () => {
    await using broker = await mosquitto();
    const siren = { id: 'siren', topic: 'siren-1', profile: 'tasmota-relay', every: '5m', zone: 'gate' };
    const url = `mqtt://127.0.0.1:${broker.port}`;
    await using side = await opened({ id: 'mq', driver: 'mqtt', url, devices: [siren] }, true);
    const relay = await Raw.to(broker.port);
    relay.send({
      cmd: 'connect',
      clientId: 'relay',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 0,
    });
    relay.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'cmnd/siren-1/+', qos: 1 }] });
    await relay.one('suback');
    const { signal } = new AbortController();
    const on = side.open.command?.('siren', order('on', 5000), signal);
    const { topic, payload, messageId = 0 } = await relay.one('publish');
    expect([topic, String(payload)]).toEqual(['cmnd/siren-1/POWER', 'ON']);
    relay.send({ cmd: 'puback', messageId });
    relay.send({
      cmd: 'publish',
      topic: 'stat/siren-1/POWER',
      payload: 'ON',
      qos: 0,
      dup: false,
      retain: false,
    });
    await on;
    await expect(side.open.command?.('siren', order('off', 150), signal)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('did not confirm off on stat/siren-1/POWER'),
    });
    await expect(side.open.command?.('siren', order('off', -1), signal)).rejects.toMatchObject({
      code: 'REFUSED',
    });
    await expect(side.open.command?.('siren', order('jump', 99), signal)).rejects.toMatchObject({
      code: 'REFUSED',
    });
    relay.socket.destroy();
  });
});
