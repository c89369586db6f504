import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, until, WAIT_MS } from '../../devices/modbus/rig.fixture.ts';
import { openSerialLine } from '../../devices/serial-line.ts';
import { MESSAGE, WARM } from '../../notify/announcement.fixture.ts';
import { modemChannel } from '../../notify/modem/channel.ts';
import { MODEM_FAULTS } from '../../notify/modem/simulator.ts';
import { bailee, Bailee, eventually } from '../bailee.fixture.ts';

const WANG = '+8613800000001';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-modem-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(channel: string): string {
  const file = join(root, 'gateway.yaml');
  writeFileSync(join(root, 'sim.pin'), '1234\n', { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
notify:
  channels:
    - { id: hook, kind: webhook, url: https://duty.example/, secret: file:hook }
    - ${channel}
`,
  );
  return file;
}

describe('simulate sms-modem', () => {
  it('wants a modem among the channels, correct, and the far end of its line', async () => {
    const file = write('{ id: duty, kind: sms-modem, port: /dev/ttyUSB0 }');
    expect(await bailee('simulate', 'sms-modem', file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--at duty='),
    });
    write('{ id: duty, kind: sms-modem, port: /dev/ttyUSB0, baud: 7 }');
    expect(await bailee('simulate', 'sms-modem', file)).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/gateway\.yaml:6:\d+ .*baud/),
    });
    write('{ id: push, kind: web-push }');
    expect(await bailee('simulate', 'sms-modem', file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('no entry with kind: sms-modem'),
    });
    const { stdout } = await bailee('simulate', '--help');
    for (const fault of MODEM_FAULTS) expect(stdout).toContain(fault);
  });

  it.skipIf(!hasSocat)(`shows what the gateway sends, fails as told, and answers${ifSocat}`, async () => {
    await using cable = new Cable();
    await cable.plug();
    const file = write(`{ id: duty, kind: sms-modem, port: ${cable.near}, pin: 'file:sim.pin' }`);
    using modem = new Bailee(['simulate', 'sms-modem', file, '--at', `duty=${cable.far}`]);
    await using near = openSerialLine({
      path: cable.near,
      baud: 115_200,
      dataBits: 8,
      parity: 'none',
      stopBits: 1,
    });
    const replies: string[] = [];
    const person = {
      id: 'wang',
      language: 'zh',
      phone: { reveal: () => WANG },
      mail: null,
      push: null,
    } as const;
    const channel = modemChannel(
      {
        id: 'duty',
        mode: 'pdu',
        pin: { reveal: () => '1234' },
        people: new Map([['wang', person]]),
        timeZone: () => 'Asia/Shanghai',
        onReply: (number, text) => replies.push(`${number} ${text}`),
      },
      near,
    );
    await until(() => near.state.up, WAIT_MS);
    await eventually(
      () => modem.stderr,
      () => modem.stdout.includes(`duty ${cable.far}\n`),
    );
    const message = { ...MESSAGE, role: 'duty/wang', about: { ...WARM, reply: '0042' } };
    const never = new AbortController().signal;
    const sent = () => modem.stdout.split('\n').filter((line) => line.startsWith('duty → '));

    modem.type('fault duty=no-network');
    modem.type('faults');
    await eventually(
      () => modem.stdout,
      () => modem.stdout.includes(`duty: ${MODEM_FAULTS.join(', ')}`),
    );
    await expect(channel.send(message, never)).rejects.toThrow('no network');
    expect(sent()).toEqual([]);

    modem.type('fault duty=none');
    modem.type('faults');
    await eventually(
      () => modem.stdout,
      () => modem.stdout.split('duty: silent').length === 3,
    );
    await channel.send(message, never);
    await eventually(
      () => modem.stdout,
      () => sent().length > 1,
    );
    expect(sent()[0]).toMatch(/^duty → \+8613800000001 1\/\d "【高】冷库超温 - 三号冷库 一号库房\\n/);

    modem.type(`sms duty=${WANG} OK 0042`);
    await until(() => replies.length === 1, WAIT_MS);
    expect(replies).toEqual([`${WANG} OK 0042`]);
    modem.type('quit');
    expect((await modem.ended).code).toBe(0);
  });
});
