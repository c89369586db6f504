import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { CommandStep, RecordType } from '../../src/domain/record.ts';
import { shipped } from '../../src/devices/modbus/rig.fixture.ts';
import { simulateTcp } from '../../src/devices/modbus/simulator.ts';
import { simulateDc09 } from '../../src/devices/sia-dc09/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const ALARM = 'fence-host/fence-3/fence-breached';
const KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

const RULES = `
- id: fence-breached
  title: { en: Fence breached, zh: 周界入侵 }
  basis: nobody climbs the fence at night
  kind: state
  on: { quantity: fence }
  is: 1
  raise-after: 0s
  clear-after: 1s
  priority: urgent
  do: [ siren: siren-1 ]
- id: panel-silent
  title: { en: Alarm panel is silent, zh: 报警主机失联 }
  basis: a silent panel watches nothing
  kind: silent
  on: { stream: fence-host/link }
  for: 3s
  clear-after: 1 sample
  priority: high
`;

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it(
  'zone 3 of a fence in alarm at night sounds the siren, and a silent panel is told',
  { timeout: 60_000 },
  async () => {
    const board = {
      id: 'relays',
      driver: 'modbus-tcp',
      host: '127.0.0.1',
      port: 502,
      slaves: [{ id: 'siren-1', unit: 20, profile: 'relay-siren', every: '1s', zone: 'yard' }],
    };
    await using siren = await simulateTcp(board, shipped, { host: '127.0.0.1', port: 0 });
    const port = await freePort();
    using site = writeSite({
      zones: ['yard'],
      devices: `
  - ${JSON.stringify({ ...board, port: siren.port })}
  - id: alarms
    driver: sia-dc09
    listen: 127.0.0.1:${port}
    panels:
      - id: fence-host
        account: '1234'
        secret: file:panel.key
        every: 1s
        zone: yard
        inputs: [{ id: fence-3, number: 3, partition: 1, quantity: fence }]`,
      rules: RULES,
      files: { 'panel.key': KEY.toString('hex') },
    });
    const inputs = [{ id: 'fence-3', is: 'alarm' as const, number: 3, partition: 1 }];
    await using panel = simulateDc09({ host: '127.0.0.1', port, transport: 'tcp' }, [
      { id: 'fence-host', account: '1234', key: KEY, everyMs: 500, inputs },
    ]);
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'the fence is whole, and that is known',
        () => daemon.stream('fence-host/fence-3'),
        (s) => s.state === 'fresh' && s.latest?.text === '0',
      );
      expect(await daemon.alarms()).toEqual([]);
      panel.set('fence-host', 'fence-3', 1);
      await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a?.state === 'unacknowledged' && a.priority === 'urgent',
      );
      await eventually(
        'the siren confirmed that it sounds',
        () => journalRecords(site.data, RecordType.command).map((r) => [r.body[1], r.body[2], r.body[7]]),
        (steps) =>
          JSON.stringify(steps) ===
          JSON.stringify([
            ['siren-1', 'siren-on', CommandStep.ordered],
            ['siren-1', 'siren-on', CommandStep.done],
          ]),
      );
      panel.fault('fence-host', 'silent');
      await eventually(
        'the panel is missed',
        () => daemon.alarm('fence-host/link/panel-silent'),
        (a) => a !== undefined,
      );
      // Nobody says that the fence is whole again: its alarm stands.
      expect(await daemon.alarm(ALARM)).toBeDefined();
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
