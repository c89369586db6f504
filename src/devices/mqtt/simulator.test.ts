import { describe, expect, it } from 'vitest';
import { opened } from './opened.fixture.ts';
import { until } from './raw.fixture.ts';
import { simulateMqtt } from './simulator.ts';

const EUI = '24e124126a000003';
const devices = [
  { id: 'json', topic: 'site/a', profile: 'json-generic' },
  { id: 'climate', topic: 'zigbee2mqtt/cold', profile: 'zigbee2mqtt-climate' },
  { id: 'door', topic: 'zigbee2mqtt/door', profile: 'zigbee2mqtt-contact' },
  { id: 'plug', topic: 'zigbee2mqtt/plug', profile: 'zigbee2mqtt-plug' },
  { id: 'relay', topic: 'siren', profile: 'tasmota-relay' },
  { id: 'lora', topic: 'application/1', address: EUI, profile: 'chirpstack-v4-em300-th' },
];
const values: Record<string, Record<string, number>> = {
  json: { temperature: 431, humidity: 6120 },
  climate: { temperature: -1840, humidity: 6120, battery: 87 },
  door: { door: 0, tamper: 0, battery: 100 },
  plug: { state: 0 },
  relay: { state: 0 },
  lora: { temperature: -200, humidity: 685, battery: 1000 },
};

async function site() {
  const settings = { id: 'mq', driver: 'mqtt', broker: 'embedded', listen: '127.0.0.1:0' };
  const entries = devices.map((d) => ({ ...d, every: '60s', zone: 'cold' }));
  const side = await opened({ ...settings, devices: entries }, true);
  const simulator = simulateMqtt(
    '127.0.0.1',
    side.port,
    devices.map((d) => ({ ...d, everyMs: 50, values: values[d.id] ?? {} })),
  );
  const dispose = async (): Promise<void> => {
    await simulator[Symbol.asyncDispose]();
    await side[Symbol.asyncDispose]();
  };
  return { side, simulator, [Symbol.asyncDispose]: dispose };
}

describe('the simulator', () => {
  it('speaks what each profile reads, and obeys', async () => {
    await using here = await site();
    const { side, simulator } = here;
    const latest = (stream: string) => side.readings().findLast((r) => r.stream === stream)?.v;
    for (const [device, channels] of Object.entries(values)) {
      for (const [channel, v] of Object.entries(channels)) {
        await until(() => latest(`${device}/${channel}`) === v, `${device}/${channel} ${v}`);
      }
    }
    simulator.set('door', 'door', 1);
    await until(() => latest('door/door') === 1, 'the door opened');
    const order = { id: 'o', verb: 'on', arg: null, expiresAt: Date.now() + 5000 };
    for (const device of ['plug', 'relay']) {
      await side.open.command?.(device, order, new AbortController().signal);
      await until(() => latest(`${device}/state`) === 1, `${device} is on`);
    }
    expect(side.refusals()).toEqual([]);
  });

  it('misbehaves as told, and each fault has its name and no wrong reading', async () => {
    await using here = await site();
    const { side, simulator } = here;
    const seen: Record<string, RegExp> = {
      'duplicate-key': /^json: duplicate key "time"/,
      nonsense: /^json: time is "banana"/,
      future: /^json: time .* in the future/,
      ancient: /^json: time .* more than a year ago/,
      'unknown-topic': /^mq: unknown topic site\/a\/nobody-knows/,
      repeat: /^json: repeat of no\. \d+/,
      oversize: /^json: message of 200\d\d bytes/,
    };
    for (const [fault, refusal] of Object.entries(seen)) {
      simulator.fault('json', fault);
      await until(() => side.refusals().some((r) => refusal.test(r)), fault);
    }
    simulator.fault('climate', 'offline');
    await until(() => side.arrivals.some((a) => a.health?.[0]?.reason === 'offline'), 'the last will');
    simulator.fault('climate', null);
    await until(() => side.arrivals.at(-1)?.readings[0]?.stream === 'climate/temperature', 'it is back');
    const wrong = side.readings().filter((r) => r.stream === 'json/temperature' && r.v !== 431);
    expect(wrong).toEqual([]);
    expect(() => simulator.fault('json', 'melts')).toThrow(/no fault melts/);
  });
});
