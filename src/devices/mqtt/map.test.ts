import { describe, expect, it } from 'vitest';
import { NOW, receive } from './receive.fixture.ts';

const climate = { id: 'probe-2', topic: 'zigbee2mqtt/cold-2', profile: 'zigbee2mqtt-climate' };
const generic = { id: 'probe-1', topic: 'site/cold-1', profile: 'json-generic' };

const at = (ms: number) => ({
  time: new Date(NOW + ms).toISOString(),
  seq: ms,
  temperature: 4,
  humidity: 60,
});
const probe = (Id: string, Temperature: number) => ({ Id, Temperature });

describe('Zigbee2MQTT', () => {
  const { send } = receive([
    climate,
    { id: 'door-1', topic: 'zigbee2mqtt/door-1', profile: 'zigbee2mqtt-contact' },
  ]);

  it('reads values exactly as they were written', () => {
    const payload = { temperature: 4.31, humidity: 61.2, battery: 87, linkquality: 102 };
    expect(send('zigbee2mqtt/cold-2', payload)).toEqual({
      readings: [
        { stream: 'probe-2/temperature', v: 431, q: 0 },
        { stream: 'probe-2/humidity', v: 6120, q: 0 },
        { stream: 'probe-2/battery', v: 87, q: 0 },
      ],
    });
  });

  it('takes battery as text, binary fractions and null for what they are', () => {
    const payload = { temperature: 21.150000000000002, humidity: null, battery: '100.00' };
    expect(send('zigbee2mqtt/cold-2', payload).readings).toEqual([
      { stream: 'probe-2/temperature', v: 2115, q: 0 },
      { stream: 'probe-2/humidity', v: null, q: 0 },
      { stream: 'probe-2/battery', v: 100, q: 0 },
    ]);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('reads contact %s as door %i', (contact, v) => {
    const payload = { contact, tamper: false, battery: 100 };
    expect(send('zigbee2mqtt/door-1', payload).readings[0]).toEqual({ stream: 'door-1/door', v, q: 0 });
  });

  it('marks what the broker had retained as stale, for nobody knows how old it is', () => {
    expect(send('zigbee2mqtt/cold-2', { temperature: 4 }, true).readings[0]).toMatchObject({ v: 400, q: 1 });
  });

  it('tells health from availability, and from a reading after it', () => {
    const off = send('zigbee2mqtt/cold-2/availability', { state: 'offline' }, true);
    expect(off.health).toEqual([{ device: 'probe-2', healthy: false, reason: 'offline' }]);
    const back = send('zigbee2mqtt/cold-2', { temperature: 4 });
    expect(back.health).toEqual([{ device: 'probe-2', healthy: true, reason: 'ok' }]);
    expect(send('zigbee2mqtt/cold-2', { temperature: 4 }).health).toBeUndefined();
  });
});

describe('refusals', () => {
  const { send } = receive([climate, generic]);

  it.each<[string, string, unknown, string, string]>([
    ['unknown topic', 'site/other', {}, 'mq', 'REFUSED unknown topic site/other'],
    [
      'oversize',
      'site/cold-1',
      `{"x":"${'x'.repeat(9000)}"}`,
      'probe-1',
      'REFUSED message of 9008 bytes, at most 8192',
    ],
    [
      'duplicate key',
      'site/cold-1',
      '{"temperature":4,"temperature":30}',
      'probe-1',
      'MALFORMED duplicate key "temperature" at offset 17',
    ],
    ['not JSON', 'site/cold-1', 'offline', 'probe-1', 'MALFORMED not a value at offset 0'],
    [
      'future',
      'site/cold-1',
      at(301_000),
      'probe-1',
      'REFUSED time 2026-02-03T04:10:11.000Z is 301 s in the future',
    ],
    [
      'ancient',
      'site/cold-1',
      at(-367 * 86_400_000),
      'probe-1',
      'REFUSED time 2025-02-01T04:05:10.000Z is more than a year ago',
    ],
    [
      'no instant',
      'site/cold-1',
      { time: '2026-02-30T00:00:00Z', temperature: 4 },
      'probe-1',
      'MALFORMED time is "2026-02-30T00:00:00Z", no instant',
    ],
    [
      'wrong type',
      'site/cold-1',
      { temperature: true },
      'probe-1',
      'MALFORMED temperature is true, expected a number',
    ],
    [
      'non-finite',
      'site/cold-1',
      '{"temperature":1e400}',
      'probe-1',
      'MALFORMED temperature is 1e400, which has no place in steps of 1e-2',
    ],
    [
      'too fine',
      'site/cold-1',
      '{"temperature":4.3149}',
      'probe-1',
      'MALFORMED temperature is 4.3149, which has no place in steps of 1e-2',
    ],
    [
      'missing',
      'site/cold-1',
      { humidity: 'no' },
      'probe-1',
      'MALFORMED temperature is missing; MALFORMED humidity is "no", expected a number',
    ],
    [
      'another profile',
      'zigbee2mqtt/cold-2',
      { contact: true },
      'probe-2',
      'MALFORMED none of temperature, humidity, battery is in it',
    ],
  ])('%s: no reading, and a name for it', (_, topic, payload, device, expected) => {
    const { readings, refusals = [] } = send(topic, payload);
    expect(readings).toEqual([]);
    expect(refusals.map((r) => `${r.code} ${r.detail}`).join('; ')).toBe(expected);
    expect(new Set(refusals.map((r) => r.device))).toEqual(new Set([device]));
  });

  it('keeps nonsense values, marked as outside of the range', () => {
    expect(send('zigbee2mqtt/cold-2', { temperature: 327.67 }).readings).toEqual([
      { stream: 'probe-2/temperature', v: 32767, q: 2 },
    ]);
  });

  it('marks late readings and clocks that run ahead', () => {
    const late = send('site/cold-1', at(-200_001)).readings[0];
    expect(late).toEqual({ stream: 'probe-1/temperature', v: 400, q: 32, sourceAt: NOW - 200_001 });
    expect(send('site/cold-1', at(-200_000)).readings[0]?.q).toBe(0);
    expect(send('site/cold-1', at(5001)).readings[0]?.q).toBe(16);
  });

  it('takes a repeat once, also when the first one came before a restart', () => {
    const fresh = receive([generic]);
    expect(fresh.send('site/cold-1', at(-5)).readings).toHaveLength(2);
    const again = fresh.send('site/cold-1', at(-5));
    expect(again.readings).toEqual([]);
    expect(again.refusals?.[0]).toMatchObject({
      device: 'probe-1',
      code: 'REFUSED',
      detail: `repeat of no. -5 of ${NOW - 5}`,
    });
    const restarted = receive([generic]);
    restarted.inbox.seed([{ stream: 'probe-1/temperature', v: 400, q: 0, sourceAt: NOW - 5 }]);
    expect(restarted.send('site/cold-1', at(-5)).readings).toEqual([]);
    expect(restarted.send('site/cold-1', at(-4)).readings).toHaveLength(2);
  });
});

describe('stored records', () => {
  const address = '24e124136b502217';
  const topic = 'application/1';
  const { send } = receive(
    [{ id: 'em', topic, address, profile: 'chirpstack-v4-em300-th' }],
    () => NOW,
    1_000_000,
  );
  const history = (count: number) =>
    send(`${topic}/device/${address}/event/up`, {
      deviceInfo: { devEui: address },
      time: new Date(NOW).toISOString(),
      fCnt: count,
      fPort: 85,
      object: {
        history: Array.from({ length: count }, (_, i) => ({
          timestamp: NOW / 1000 - count + i,
          temperature: 4,
        })),
      },
    });

  it('are taken up to a thousand, and it is said of how many they are the first', () => {
    const most = history(1000);
    expect(most.readings).toHaveLength(1000);
    expect(most.refusals).toBeUndefined();
    const more = history(5000);
    expect(more.readings.map((r) => r.sourceAt)).toEqual(
      Array.from({ length: 1000 }, (_, i) => NOW - 5_000_000 + i * 1000),
    );
    const detail = 'history of 5000 records, the first 1000 are taken';
    expect(more.refusals).toEqual([{ device: 'em', stream: null, code: 'REFUSED', detail }]);
  });
});

describe('Tasmota', () => {
  const { send } = receive([
    { id: 'a', topic: 'cold-4', address: '00000566CC39', profile: 'tasmota-ds18b20' },
    { id: 'b', topic: 'cold-4', address: '0000056DDA01', profile: 'tasmota-ds18b20' },
  ]);

  it('knows probes by their id, for the index may change', () => {
    const one = {
      'DS18B20-1': probe('00000566CC39', -18.4),
      'DS18B20-2': probe('0000056DDA01', 3.9),
      TempUnit: 'C',
    };
    const other = {
      'DS18B20-1': probe('0000056DDA01', 3.9),
      'DS18B20-2': probe('00000566CC39', -18.4),
      TempUnit: 'C',
    };
    const expected = [
      { stream: 'a/temperature', v: -184, q: 0 },
      { stream: 'b/temperature', v: 39, q: 0 },
    ];
    expect(send('tele/cold-4/SENSOR', one).readings).toEqual(expected);
    expect(send('tele/cold-4/SENSOR', other).readings).toEqual(expected);
  });

  it('refuses Fahrenheit and a probe that is not there, marks power-on values', () => {
    const body = { x: probe('00000566CC39', 85.0), TempUnit: 'F' };
    expect(send('tele/cold-4/SENSOR', body).refusals?.map((r) => r.detail)).toEqual([
      'TempUnit is "F", expected "C"',
      'TempUnit is "F", expected "C"',
    ]);
    const celsius = send('tele/cold-4/SENSOR', { ...body, TempUnit: 'C' });
    expect(celsius.readings).toEqual([{ stream: 'a/temperature', v: 850, q: 2 }]);
    expect(celsius.refusals?.[0]?.device).toBe('b');
  });

  it('reads its last will', () => {
    expect(send('tele/cold-4/LWT', 'Offline', true).health).toEqual([
      { device: 'a', healthy: false, reason: 'offline' },
      { device: 'b', healthy: false, reason: 'offline' },
    ]);
  });
});
