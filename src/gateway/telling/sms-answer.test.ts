import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../config/secret.ts';
import { Cable, hasSocat, ifSocat, until, WAIT_MS } from '../../devices/modbus/rig.fixture.ts';
import { openSerialLine } from '../../devices/serial-line.ts';
import { AlarmState } from '../../domain/alarm.ts';
import { RecordType } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import { ModemSimulator } from '../../notify/modem/simulator.ts';
import { CONFIGURATION, Place, RULES, type Life } from '../data-directory.fixture.ts';
import { DeviceRunner } from '../recording/device-runner.ts';
import { startNotifying } from './notifying.ts';
import { recall } from '../recording/recall.ts';
import { PushStore } from './push-store.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const WANG = '+8613800000001';

function place(port: string): Place {
  const channel = `    - { id: duty, kind: sms-modem, port: '${port}' }`;
  const people = `  people: [{ id: wang, phone: file:wang.phone }]
  roles: [{ id: duty, people: [wang] }]
  routes: [{ id: call, role: duty, channels: [duty] }]
`;
  const made = new Place(
    CONFIGURATION.replace(/ +- \{ id: duty, kind: webhook.*/, channel).replace(
      'rules:\n',
      `${people}rules:\n`,
    ),
    RULES.replace('    - siren: siren-1\n', '').replaceAll('notify: duty', 'notify: call'),
  );
  writeFileSync(join(made.root, 'wang.phone'), `${WANG}\n`, { mode: 0o600 });
  return made;
}

function warm({ core }: Life): void {
  const slot = core.streams.find((s) => s.id === 'probe-1/temperature')?.slot ?? -1;
  core.intake.accept([{ records: [{ slot, t: core.clock.now(), type: RecordType.reading, body: [95, 0] }] }]);
}

describe.skipIf(!hasSocat)(`a person on duty${ifSocat}`, () => {
  it('is told by SMS, and acknowledges by answering it', { timeout: 60_000 }, async () => {
    await using cable = new Cable();
    await cable.plug();
    await using far = openSerialLine({
      path: cable.far,
      baud: 115_200,
      dataBits: 8,
      parity: 'none',
      stopBits: 1,
    });
    await until(() => far.state.up, WAIT_MS);
    const modem = new ModemSimulator(far);
    using at = place(cable.near);
    using life = await at.boot();
    warm(life);
    const { core, journal } = life;
    const errors: unknown[] = [];
    await using notifying = startNotifying({
      browsers: new PushStore(at.data),
      site: await at.site(),
      secrets: new SecretStore(at.root, { checked: true, directory: null }),
      core,
      live: recall(journal, core.deciding.alarms.list()),
      rules: () => ({ state: 'confirmed', why: '', since: null }),
      journal,
      devices: new DeviceRunner([], {
        now: () => core.clock.now(),
        log: () => undefined,
        secret: () => Promise.reject(new Error('no device has a secret')),
      }),
      add: (input: Input) => {
        core.intake.accept([input]);
        return true;
      },
      over: new AbortController().signal,
      onError: (error) => errors.push(error),
      timeZone: () => 'Asia/Shanghai',
      url: () => 'http://127.0.0.1',
    });
    await until(() => journal.outbox.depth() === 0, WAIT_MS);
    const text = modem.sent.map((s) => s.text).join('');
    const code = /OK (\d{4})/.exec(text)?.[1];
    expect(modem.sent[0]?.number).toBe(WANG);
    expect(text).toContain(`回复“OK ${code}”确认`);
    modem.receive(WANG, `OK ${code}`);
    await until(() => core.deciding.alarms.get(ALARM)?.state === AlarmState.acknowledged, WAIT_MS);
    expect([errors, notifying.lanes.map((lane) => lane.failing)]).toEqual([[], [false]]);
  });
});
