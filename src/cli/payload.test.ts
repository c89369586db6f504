import { describe, expect, it } from 'vitest';
import { Bench } from './payload.fixture.ts';

const MAP = `driver: mqtt
title: Freezer of a friend
channels:
  - { id: temperature, quantity: temperature, unit: °C, exp: -1, plausible: [-60, 60] }
  - { id: door, quantity: door, unit: '1', exp: 0, urgent: true }
messages:
  - topic: 'shop/{topic}/state'
    require: [{ path: unit, equals: C, optional: true }]
    time: { path: at, form: iso }
    values:
      - { channel: temperature, path: t, required: true }
      - { channel: door, path: lid, words: { shut: 0, open: 1 } }
  - topic: 'shop/{topic}/lwt'
    health: { healthy: [up], unhealthy: [down] }
`;
const TOPIC = ['--topic', 'shop/cold-1/state', '--received', '2026-11-24T16:00:00Z'];

describe('bailee payload with a payload map', () => {
  it('shows which stream gets which value, and what is not used', async () => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const sample = bench.file(
      'm.json',
      '{"at":"2026-11-24T15:59:58.250Z","t":-18.4,"lid":"shut","rssi":-61,"fw":{"v":"1.2"}}\n',
    );
    expect(await bench.run('--map', map, ...TOPIC, sample)).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'map: my.yaml',
        'read as: shop/cold-1/state',
        '  temperature  -18.4 °C  2026-11-24T15:59:58.250Z  < t',
        '  door         0  2026-11-24T15:59:58.250Z  < lid',
        'not used:',
        '  rssi = -61',
        '  fw.v = "1.2"',
        '',
      ].join('\n'),
    });
    const chinese = await bench.run('--map', map, ...TOPIC, sample, '--lang', 'zh');
    expect(chinese.stdout).toContain('未使用:\n  rssi = -61');
    const { stdout } = await bench.run('--map', map, ...TOPIC, sample, '--json');
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      map: 'my.yaml',
      as: 'shop/cold-1/state',
      readings: [
        {
          channel: 'temperature',
          quantity: 'temperature',
          value: '-18.4',
          unit: 'Cel',
          quality: 0,
          sourceTime: '2026-11-24T15:59:58.250Z',
          from: 't',
        },
        {
          channel: 'door',
          quantity: 'door',
          value: '0',
          unit: '1',
          quality: 0,
          sourceTime: '2026-11-24T15:59:58.250Z',
          from: 'lid',
        },
      ],
      health: [],
      absent: [],
      unused: [
        { path: 'rssi', value: '-61' },
        { path: 'fw.v', value: '"1.2"' },
      ],
      problems: [],
    });
  });

  it.each<[string, string]>([
    [
      '{"t":"-18.4"}',
      'my.yaml:11:39 messages[0].values[0].path t is "-18.4", expected a number; number-as-text: true takes numbers that are written as text',
    ],
    [
      '{"t":-18.45}',
      'my.yaml:11:39 messages[0].values[0].path t is -18.45, which has no place in steps of 1e-1; round: true rounds it, a smaller exp of the channel keeps it',
    ],
    ['{"lid":"open"}', 'my.yaml:11:39 messages[0].values[0].path t is missing'],
    ['{"t":1,"lid":"ajar"}', 'my.yaml:12:32 messages[0].values[1].path lid is "ajar", expected shut or open'],
    ['{"t":1,"unit":"F"}', 'my.yaml:8:37 messages[0].require[0].equals unit is "F", expected "C"'],
    [
      '{"t":1,"at":1764000000}',
      'my.yaml:9:5 messages[0].time time is 1764000000, no instant; form: must be the one of iso, epoch-s, epoch-ms, iso-or-epoch-ms that it is written in',
    ],
    [
      '{"t":1,"at":"2026-11-24T17:00:00Z"}',
      'my.yaml:9:5 messages[0].time time 2026-11-24T17:00:00.000Z is 3600 s in the future; --received says when it came',
    ],
    ['{"t":1,\n "t":2}', 'm.json:2:2 is not JSON that can be read in one way: duplicate key "t" at offset 9'],
  ])('of %s it says where: %s', async (payload, problem) => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const sample = bench.file('m.json', payload);
    const { code, stdout } = await bench.run('--map', map, ...TOPIC, sample);
    expect(stdout).toContain(`not taken:\n  ${problem}\n`);
    expect(code).toBe(1);
  });

  it('tells every problem of the map at once with its line, and exits 78', async () => {
    using bench = new Bench();
    const map = bench.file(
      'my.yaml',
      MAP.replace('exp: -1', 'exp: tenth')
        .replace('channel: door', 'channel: doors')
        .replace('form: iso', 'form: unix'),
    );
    const { code, stderr } = await bench.run('--map', map, ...TOPIC, bench.file('m.json', '{}'));
    expect(code).toBe(78);
    expect(stderr.trim().split('\n')).toEqual([
      '3 problems in the configuration:',
      expect.stringContaining('my.yaml:4:62 channels[0].exp must be a number (found tenth)'),
      expect.stringContaining('my.yaml:9:29 messages[0].time.form must be one of iso, epoch-s'),
      expect.stringContaining('my.yaml:12:20 messages[0].values[1].channel must be one of the channels'),
    ]);
  });

  it('asks for what it cannot know, and exits 64', async () => {
    using bench = new Bench();
    const sample = bench.file('m.json', '{}');
    const asked = async (...args: string[]) => {
      const { code, stderr } = await bench.run(...args, sample);
      expect(code).toBe(64);
      return stderr.trim();
    };
    expect(await asked('--map', 'chirpstack-v4-ws301')).toMatch(
      /^bailee: say with --topic on which topic it came; the map knows \{topic\}\/device/,
    );
    expect(await asked('--map', 'tasmota-ds18b20')).toBe(
      'bailee: say with --address which device it is: the map has {address} in it',
    );
    expect(await asked('--map', 'json-generic', '--topic', 'site/+')).toContain('without + and #');
    expect(await asked('--map', 'json-generic', '--block', 'x')).toContain('--block is for register maps');
    expect(await asked('--map', 'xy-md02', '--topic', 'x')).toContain('this map is for registers');
    expect((await bench.run('--map', 'jason-generic', sample)).code).toBe(78);
    expect((await bench.run('--map', 'json-generic', '/nowhere/m.json')).code).toBe(74);
  });

  it('decodes what a network server did not, and shows what of it the map leaves', async () => {
    using bench = new Bench();
    const uplink = {
      time: '2026-11-24T15:59:58Z',
      deviceInfo: { devEui: '24e1' },
      fPort: 2,
      data: Buffer.from('CBF60B0D0376010ADD7FFF', 'hex').toString('base64'),
    };
    const args = [
      '--map',
      'chirpstack-v4-lht65',
      '--topic',
      'application/1/device/24e1/event/up',
      '--received',
      '2026-11-24T16:00:00Z',
    ];
    const { code, stdout } = await bench.run(...args, bench.file('up.json', JSON.stringify(uplink)));
    expect([code, stdout]).toEqual([0, expect.stringContaining('probe        27.81 °C')]);
    expect(stdout).toContain('not used:\n  data decoded: Bat_status = 3\n');
    const other = { ...uplink, data: Buffer.from('CBF60B0D0376020ADD7FFF', 'hex').toString('base64') };
    expect((await bench.run(...args, bench.file('t.json', JSON.stringify(other)))).stdout).toContain(
      'probe        27.81 °C  2026-11-24T15:59:58.000Z  < TempC_TMP117',
    );
    const foreign = bench.file('x.json', JSON.stringify({ ...uplink, fPort: 6 }));
    expect((await bench.run(...args, foreign)).stdout).toContain(
      'messages[0].binary.port.is port is 6, expected 2',
    );
    const object = bench.file('o.json', JSON.stringify({ ...uplink, object: { BatV: 3.1, Node: 'x' } }));
    expect((await bench.run(...args, object)).stdout).toContain('  object.Node = "x"');
  });

  it('takes a last will, from standard input too, and tells of a word that the map does not know', async () => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const lwt = ['--map', map, '--topic', 'shop/cold-1/lwt', '-'];
    expect(await bench.runWith('down\n', ...lwt)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the device says of itself:\n  down'),
    });
    expect(await bench.runWith('dead\n', ...lwt)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'my.yaml:14:5 messages[1].health says of the device "dead", and the map knows up, down',
      ),
    });
    expect(await bench.runWith('{}', '--map', map, '--topic', 'other/x', '-')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'no message of this map comes on other/x; it knows shop/{topic}/state, shop/{topic}/lwt',
      ),
    });
  });

  it('tells of a message that is larger than the connection takes', async () => {
    using bench = new Bench();
    const { code, stdout } = await bench.runWith(
      `{"temperature":4,"x":"${'x'.repeat(9000)}"}`,
      '--map',
      'json-generic',
      '-',
    );
    expect([code, stdout]).toEqual([1, expect.stringContaining('max-packet: 9024 or more')]);
  });
});
