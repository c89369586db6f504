import { describe, expect, it } from 'vitest';
import { mqtt } from './driver.ts';
import { profile } from './receive.fixture.ts';

const device = {
  id: 'probe-1',
  topic: 'site/a',
  profile: 'json-generic',
  every: '60s',
  'max-gap': '200s',
  zone: 'cold',
};
const client = { id: 'mq', driver: 'mqtt', url: 'mqtt://broker.local', devices: [device] };
const embedded = { id: 'mq', driver: 'mqtt', broker: 'embedded', devices: [device] };
const account = { user: 'a', password: 'file:/etc/bailee/a' };

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = mqtt.configure(raw, profile);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

function levelOf(raw: unknown): number | undefined {
  const checked = mqtt.configure(raw, profile);
  return checked.ok ? checked.value.streams[0]?.src : undefined;
}

describe('configuration', () => {
  it('declares streams, actuators and the profiles it used', () => {
    const plug = {
      id: 'plug',
      topic: 'zigbee2mqtt/plug',
      profile: 'zigbee2mqtt-plug',
      every: '5m',
      zone: 'gate',
    };
    const checked = mqtt.configure({ ...client, devices: [device, plug] }, profile);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(checked.value.streams[0]).toEqual({
      id: 'probe-1/temperature',
      dev: 'probe-1',
      ch: 'temperature',
      kind: 1,
      quantity: 'temperature',
      unit: 'Cel',
      exp: -2,
      cadenceMs: 60_000,
      maxGapMs: 200_000,
      place: 'cold',
      src: 1,
      urgent: false,
    });
    expect([...checked.value.actuators]).toEqual([['plug', ['on', 'off']]]);
    expect(checked.value.profiles).toEqual(['json-generic', 'zigbee2mqtt-plug']);
  });

  it('gives all problems at once, with the nearest key', () => {
    expect(
      problems({
        id: 'mq',
        driver: 'mqtt',
        url: 'http://x',
        pasword: 'file:/x',
        devices: [
          { ...device, topic: 'a/#', every: 'soon' },
          { ...device, profile: 'none' },
        ],
      }),
    ).toEqual([
      'devices.1.profile: is not a profile in config/profiles',
      'url: must be like mqtt://broker.local:1883 or mqtts://…',
      'devices.0.topic: must name one device; # cannot stand in it',
      'devices.0.every: must be a time with its unit from 20ms to 1d, e.g. 100ms, 10s or 5m',
      'pasword: is not a known key; did you mean "password"?',
      'devices.1.id: must be different from that of devices.0',
    ]);
  });

  it('tells what fields must be because of others, though a third one is wrong', () => {
    expect(
      problems({
        ...client,
        'max-packet': 1,
        password: 'file:/x',
        listen: '127.0.0.1:0',
        devices: [
          { ...device, zone: '!', 'max-gap': '1s' },
          { ...device, id: 'b', every: 1, profile: 'tasmota-ds18b20' },
          { ...device, id: 'c', topic: 'z/+', profile: 'zigbee2mqtt-plug', src: 2, account: 'x' },
        ],
      }),
    ).toEqual([
      'max-packet: must be at least 256',
      'devices.0.zone: must be letters, digits, ".", "_" or "-", at most 64',
      'devices.1.every: must be a time with its unit from 20ms to 1d, e.g. 100ms, 10s or 5m',
      'listen: belongs to the embedded broker (broker: embedded)',
      'password: needs user:',
      'devices.0.max-gap: must be at least every, 1m',
      'devices.1.address: is missing; profile tasmota-ds18b20 needs it',
      'devices.2.topic: must be one topic, because orders are sent to it',
      'devices.2.account: needs accounts: of the embedded broker',
      'devices.2.src: must be at most 1 here; it can only be lowered',
    ]);
  });

  it.each<[string, unknown, string[]]>([
    [
      'both roles',
      { ...client, broker: 'embedded' },
      [': must have either url: of a broker or broker: embedded'],
    ],
    ['no role', { ...client, url: undefined }, [': must have either url: of a broker or broker: embedded']],
    [
      'a key of the other role',
      { ...client, listen: '127.0.0.1:0' },
      ['listen: belongs to the embedded broker (broker: embedded)'],
    ],
    [
      'a secret in the file',
      { ...client, user: 'u', password: 'hunter2' },
      ['password: must be a reference, file:PATH or credential:NAME'],
    ],
    [
      'anonymous beyond loopback',
      { ...embedded, listen: '0.0.0.0:1883' },
      ['listen: is reachable from outside and needs accounts: with user and password'],
    ],
    [
      'a device without its account',
      { ...embedded, accounts: [account] },
      ['devices.0.account: must be one of a'],
    ],
    [
      'MQTT 5 embedded',
      { ...embedded, version: 5 },
      ['version: must be 3.1.1; the embedded broker has no other'],
    ],
    [
      'no address',
      { ...client, devices: [{ ...device, profile: 'tasmota-ds18b20' }] },
      ['devices.0.address: is missing; profile tasmota-ds18b20 needs it'],
    ],
    [
      'an address for nothing',
      { ...client, devices: [{ ...device, address: '1' }] },
      ['devices.0.address: means nothing to profile json-generic'],
    ],
    [
      'one source twice',
      { ...client, devices: [device, { ...device, id: 'probe-2' }] },
      ['devices.1.topic: with this profile is read by devices.0 already'],
    ],
    [
      'one id twice',
      { ...client, devices: [device, { ...device, topic: 'site/b' }] },
      ['devices.1.id: must be different from that of devices.0'],
    ],
    [
      'orders to many',
      { ...client, devices: [{ ...device, topic: 'z/+', profile: 'zigbee2mqtt-plug' }] },
      ['devices.0.topic: must be one topic, because orders are sent to it'],
    ],
    [
      'a level raised',
      { ...client, devices: [{ ...device, src: 2 }] },
      ['devices.0.src: must be at most 1 here; it can only be lowered'],
    ],
    [
      'a gap too short',
      { ...client, devices: [{ ...device, 'max-gap': '1s' }] },
      ['devices.0.max-gap: must be at least every, 1m'],
    ],
    [
      'certificates without TLS',
      { ...client, ca: 'file:/ca' },
      ['url: must be mqtts:// to use certificates'],
    ],
    ['half a certificate', { ...client, url: 'mqtts://x', cert: 'file:/c' }, ['cert: and key: go together']],
  ])('refuses %s', (_, raw, expected) => expect(problems(raw)).toEqual(expected));

  it('never shows a secret that was written into the file', () => {
    const checked = mqtt.configure({ ...client, user: 'u', password: 'hunter2' }, profile);
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });

  it('names the profile a problem is in', () => {
    const wrong = { driver: 'mqtt', title: 'x', channels: [], messages: [{ topic: '{topic}', valeus: [] }] };
    const checked = mqtt.configure(client, () => wrong);
    expect(checked.ok ? [] : checked.problems).toEqual([
      {
        path: ['messages', 0, 'valeus'],
        message: 'is not a known key; did you mean "values"?',
        file: 'json-generic',
      },
    ]);
  });

  it('says how far a source is authenticated, and takes less', () => {
    const own = { ...embedded, accounts: [account], devices: [{ ...device, account: 'a' }] };
    expect(levelOf(client)).toBe(1);
    expect(levelOf(embedded)).toBe(1);
    expect(levelOf(own)).toBe(2);
    expect(levelOf({ ...own, listen: '0.0.0.0:1883' })).toBe(1);
    expect(levelOf({ ...own, listen: '0.0.0.0:8883', cert: 'file:/c', key: 'file:/k' })).toBe(2);
    expect(levelOf({ ...own, devices: [{ ...device, account: 'a', src: 1 }] })).toBe(1);
  });
});
