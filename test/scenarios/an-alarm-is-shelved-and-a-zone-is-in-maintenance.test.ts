import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Alarm, AlarmHistory } from '../../src/api/types.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound, type Ended } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { MqttPublisher } from '../mqtt-publisher.ts';

const WARM = 'p-1/temperature/warm';
const GSP = 'p-1/temperature/gsp';

const rule = (id: string, more: string): string => `
- id: ${id}
  title: { en: Too warm, zh: 超温 }
  basis: this story
  kind: limit
  on: { quantity: temperature }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: medium
  ${more}
`;

/** Two people, each with a token of their own; the configuration holds only hashes. */
const PEOPLE = { li: 'operator', wang: 'supervisor' } as const;

function site(): Site {
  const users = Object.entries(PEOPLE).map(([id, role], i) => {
    const hash = createHash('sha256').update(tokenOf(id)).digest('hex');
    return `  - { id: ${id}, number: ${i + 2}, name: ${id} of the day shift, role: ${role}, token-hash: 'sha256:${hash}' }`;
  });
  const place = writeSite({
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices:
      - { id: p-1, topic: site/p-1, profile: json-generic, every: 10m, zone: cold-1 }`,
    rules: `${rule('warm', 'shelving: 2h')}${rule('gsp', 'shelving: never')}`,
    more: `users:\n${users.join('\n')}\n`,
  });
  for (const id of Object.keys(PEOPLE)) writeFileSync(join(place.folder, id), tokenOf(id), { mode: 0o600 });
  return place;
}

function onAlarm(id: string, verb: string): string {
  return `alarms/${encodeURIComponent(id)}/${verb}`;
}

function tokenOf(id: string): string {
  return `${id}-`.padEnd(43, 'x');
}

it('an alarm is shelved, a zone is in maintenance, an alarm is out of service: each with who and why, over power cuts', async () => {
  using place = site();
  let daemon = await Daemon.start(place.file);
  const as = (who: keyof typeof PEOPLE, ...args: readonly string[]): Promise<Ended> =>
    bailee('alarms', ...args, '--url', daemon.url, '--token-file', join(place.folder, who));
  const post = async (who: keyof typeof PEOPLE, path: string, body: object): Promise<number> => {
    const response = await fetch(`${daemon.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(who)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const state = async (id: string): Promise<Alarm | undefined> => await daemon.alarm(id);
  const cut = async (): Promise<void> => {
    await daemon.cut();
    daemon = await Daemon.start(place.file);
  };
  try {
    const port = await eventually(
      'the broker listens',
      () => Number(/"msg":"mq listens on 127\.0\.0\.1:(\d+)"/.exec(daemon.said)?.[1]),
      (n) => n > 0,
    );
    using publisher = await MqttPublisher.open(port, 'story');
    const say = (temperature: number): Promise<void> =>
      publisher.publish('site/p-1', JSON.stringify({ time: new Date().toISOString(), temperature }));
    await say(5);
    await say(9);
    await eventually(
      'it is too warm',
      () => state(WARM),
      (a) => a?.state === 'unacknowledged',
    );

    const shelved = await as('li', 'shelve', WARM, '--for', '90m', '--reason', '正在卸货');
    expect(shelved).toMatchObject({ code: 0, out: `On record: shelve ${WARM}\n` });
    expect(await as('li', 'shelve', GSP, '--for', '1h', '--reason', 'noise')).toMatchObject({
      code: 64,
      err: expect.stringContaining('its rule forbids it') as string,
    });
    expect(await post('li', onAlarm(WARM, 'shelve'), { reason: 'x', forMs: 3 * 3_600_000 })).toBe(409);
    expect(await post('li', onAlarm(GSP, 'out-of-service'), { reason: 'x' })).toBe(403);

    await cut();
    expect(await state(WARM)).toMatchObject({
      state: 'shelved',
      isActive: true,
      shelved: { by: 'li of the day shift', role: 'operator', reason: '正在卸货' },
    });
    expect((await daemon.status()).counts).toMatchObject({ alarms: 1, alarmsShelved: 1 });
    expect(await post('li', onAlarm(WARM, 'unshelve'), { reason: 'unloaded' })).toBe(204);
    expect((await state(WARM))?.state).toBe('unacknowledged');
    expect(await post('li', onAlarm(WARM, 'acknowledge'), { meaning: 'false' })).toBe(400);
    const shade = { meaning: 'false', reason: 'sun on the probe' };
    expect(await post('li', onAlarm(WARM, 'acknowledge'), shade)).toBe(204);

    expect(await post('wang', 'zones/cold-1/maintenance', { reason: 'defrost' })).toBe(204);
    expect(await post('wang', onAlarm(GSP, 'out-of-service'), { reason: 'probe is broken' })).toBe(204);
    await cut();
    expect(await state(WARM)).toMatchObject({ state: 'suppressed', suppressedBy: 'cold-1' });
    expect(await state(GSP)).toMatchObject({
      state: 'outOfService',
      outOfService: { by: 'wang of the day shift', reason: 'probe is broken' },
    });
    expect(await post('wang', 'zones/cold-1/maintenance/end', { reason: 'done' })).toBe(204);
    expect(await post('wang', onAlarm(GSP, 'in-service'), { reason: 'new probe' })).toBe(204);
    // What comes back calls anew while its condition holds.
    expect((await daemon.alarms()).map((a) => a.state)).toEqual(['unacknowledged', 'unacknowledged']);
    expect(await post('li', onAlarm(WARM, 'comments'), { reason: 'asked for a shade' })).toBe(204);

    const told = await as('wang', 'history', WARM, '--json');
    const { entries } = JSON.parse(told.out) as AlarmHistory;
    expect(
      entries.map((e) => (e.kind === 'act' ? `${e.verb}${e.isRefused ? ' refused' : ''}` : e.to)),
    ).toEqual([
      'unacknowledged',
      'shelve',
      'shelved',
      'shelve refused',
      'unshelve',
      'unacknowledged',
      'acknowledge refused',
      'acknowledge',
      'acknowledged',
      'maintain',
      'suppressed',
      'end-maintenance',
      'unacknowledged',
      'comment',
    ]);
    const report = await bailee('report', 'alarms', '--data', place.data, '--from', '1h', '--json');
    expect(JSON.parse(report.out)).toMatchObject({
      annunciated: 5,
      acknowledged: { n: 1, waiting: 2 },
      setAside: { shelvings: 1, takenOut: 1, maintenances: 1, shelved: 0, suppressed: 0, outOfService: 0 },
    });
    await daemon.stop();
  } finally {
    await daemon[Symbol.asyncDispose]();
  }
  const acts = journalRecords(place.data, RecordType.act).map((r) => r.body);
  expect(acts.filter((b) => b[7] === 0).map((b) => [b[0], b[1], b[2], b[5]])).toEqual([
    [2, 'operator', 'shelve', '90m'],
    [2, 'operator', 'unshelve', null],
    [2, 'operator', 'acknowledge', 'false'],
    [3, 'supervisor', 'maintain', '4h'],
    [3, 'supervisor', 'take-out', null],
    [3, 'supervisor', 'end-maintenance', null],
    [3, 'supervisor', 'put-back', null],
    [2, 'operator', 'comment', null],
  ]);
  expect(acts.filter((b) => b[7] === 1)).toHaveLength(4);
  await expectSound(place.data);
}, 120_000);
