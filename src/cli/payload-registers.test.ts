import { describe, expect, it } from 'vitest';
import { Bench } from './payload.fixture.ts';

const MAP = `title: { en: Two probes, zh: 双探头 }
read:
  probes: { function: 3, address: 0, count: 3 }
  limits: { function: 3, address: 16, count: 3 }
  states: { function: 2, address: 0, count: 8 }
channels:
  first: { from: probes, address: 0, type: s16, quantity: temperature, unit: °C, exp: -1, max: 60 °C }
  second: { from: probes, address: 2, type: s16, quantity: temperature, unit: °C, exp: -1 }
  door: { from: states, address: 1, type: bit, quantity: door, unit: '1' }
`;

describe('bailee payload with a register map', () => {
  it.each([
    ['RTU', '01 04 04 01 31 02 22 2A CE'],
    ['RTU, as another tool prints it', '0x01,0x04,0x04,0x01,0x31,0x02,0x22,0x2A,0xCE'],
    ['TCP', '00 07 00 00 00 07 01 04 04 01 31 02 22'],
    ['registers', '4 0x0001: 305 546'],
    ['registers in hexadecimal', '4 1: 0x0131 0x0222'],
  ])('reads a reply: %s', async (_, sample) => {
    using bench = new Bench();
    const { code, stdout } = await bench.run('--map', 'xy-md02', sample);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      'read as: measured',
      '  temperature  30.5 °C  < 4 1',
      '  humidity     54.6 %  < 4 2',
      'not in the sample:',
      '  temperature-correction (3 259)',
      '  humidity-correction (3 260)',
      '',
    ]);
  });

  it('reads a file of frames and registers, and shows what the map leaves', async () => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const sample = bench.file(
      'dump.txt',
      [
        '# as the bus monitor wrote it',
        '3 0: -185 7 900',
        '02 02 01 02 20 0D  # the door',
        '3 40: 1',
        '',
      ].join('\n'),
    );
    const { code, stdout } = await bench.run('--map', map, sample);
    expect(stdout.split('\n')).toEqual([
      'map: my.yaml',
      'read as: states, probes',
      '  first   -18.5 °C  < 3 0',
      '  second  90.0 °C  < 3 2',
      '  door    1  < 2 1',
      'not used:',
      ...[0, 2, 3, 4, 5, 6, 7].map((bit) => `  2 ${bit} = 0`),
      '  3 1 = 7',
      '  3 40 = 1',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('marks what the sensor cannot measure', async () => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const { stdout } = await bench.run('--map', map, '3 0: 6000 0 0');
    expect(stdout).toContain('first   600.0 °C (outside of what the device can measure)');
  });

  it.each([
    [
      'a wrong checksum, with the right one',
      '01 04 04 01 31 02 22 2A CC',
      'sample:1 the last two bytes must be the checksum 2A CE if the bytes before them are right',
    ],
    [
      'an exception',
      '01 84 02 C2 C1',
      'sample:1 the device refuses function 4: exception 2 (illegal data address)',
    ],
    [
      'a request',
      '01 04 00 01 00 02 20 0B',
      'sample:1 is a request, function 4 from address 1; the answer to it is needed',
    ],
    [
      'an answer to something else',
      '01 04 02 01 31 79 74',
      'sample:1 an answer to function 4 with 2 bytes of data fits no block of the map: measured is function 4, 4 bytes; corrections is function 3, 4 bytes',
    ],
    ['a piece of a frame', '01 04 04', 'sample:1 3 bytes are no frame; the shortest has 5'],
    [
      'a value that no register holds',
      '4 1: 70000 1',
      'sample:1 "70000" is no register, 0 to 65535 or -32768 to -1',
    ],
    ['a bit that is none', '1 0: 2', 'sample:1 "2" is no bit, 0 or 1'],
    [
      'what is neither',
      '4 registers',
      'sample:1 "4 registers" is neither frame nor registers; write a frame like',
    ],
  ])('refuses %s', async (_, sample, problem) => {
    using bench = new Bench();
    const { code, stdout } = await bench.run('--map', 'xy-md02', sample);
    expect([code, stdout]).toEqual([1, expect.stringContaining(`not taken:\n  ${problem}`)]);
  });

  it('asks which block a reply is for where more than one would fit', async () => {
    using bench = new Bench();
    const map = bench.file('my.yaml', MAP);
    const frame = '01 03 06 FF 47 00 07 03 84 30 27';
    expect(await bench.run('--map', map, frame)).toMatchObject({
      code: 64,
      stderr: 'bailee: say with --block which block it answers: probes or limits\n',
    });
    const { code, stdout } = await bench.run('--map', map, '--block', 'probes', frame);
    expect([code, stdout]).toEqual([0, expect.stringContaining('first   -18.5 °C')]);
    expect((await bench.run('--map', map, '--block', 'prob', frame)).stderr).toContain(
      '--block must be one of probes, limits, states',
    );
  });

  it('tells what is wrong with the map itself, with its lines', async () => {
    using bench = new Bench();
    const map = bench.file(
      'my.yaml',
      MAP.replace('function: 2', 'function: 7').replace('address: 2,', 'address: 3,'),
    );
    const { code, stderr } = await bench.run('--map', map, '3 0: 1');
    expect(code).toBe(78);
    expect(stderr.trim().split('\n').slice(1)).toEqual([
      '  my.yaml:5:23 read.states.function must be one of 1, 2, 3, 4 (found 7)',
      '  my.yaml:8:36 channels.second.address must lie, 1 wide, within block probes, 0 to 2 (found 3)',
    ]);
  });
});
