import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { shipped } from '../../src/devices/modbus/rig.fixture.ts';
import { simulateTcp } from '../../src/devices/modbus/simulator.ts';
import { RecordType } from '../../src/domain/record.ts';
import { openReceiver } from '../../src/notify/receiver.fixture.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const RULES = `
- id: cold-room-warm
  title: { en: Cold room above 8 °C, zh: 冷库超温 }
  basis: GSP annex 3 §6
  kind: limit
  on: { quantity: temperature }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 0s
  clear-after: 2 samples
  priority: urgent
  do: [ notify: chain ]
`;

/** None of these may ever be seen but by whom they are for. */
const CANARIES = {
  'wang.phone': '+8613800000001',
  'li.phone': '+8613800000002',
  'zhao.phone': '+8613800000003',
  'sms.key': 'Bearer canary-of-the-provider',
  'robot.secret': 'SEC-canary-of-the-robot',
  'hook.secret': 'canary-of-the-duty-system',
};

function notify(sms: string, hook: string): string {
  return `profile: gsp
notify:
  people:
    - { id: wang, phone: file:wang.phone }
    - { id: li, phone: file:li.phone, language: en }
    - { id: zhao, phone: file:zhao.phone }
  roles: [{ id: duty, people: [wang, li, zhao] }]
  channels:
    - id: sms
      kind: sms-http
      url: ${sms}
      lan: true
      authorization: file:sms.key
      body: '{"to":"{phone}","text":"{text}"}'
      success: '"code":0'
    - { id: robot, kind: dingtalk, url: file:robot.url, secret: file:robot.secret, lan: true }
    - { id: hook, kind: webhook, url: '${hook}', secret: file:hook.secret, lan: true }
  routes:
    - id: chain
      steps:
        - { role: duty, channels: [sms], after: 0s }
        - { role: boss, channels: [robot], after: 6s }
        - { role: lender, channels: [hook], after: 60s }
`;
}

const until = <T>(what: string, look: () => T, good: (value: T) => boolean): Promise<T> =>
  eventually(what, () => Promise.resolve(look()), good, 30_000);

it(
  'three people get an SMS, then the boss over a crash, and nobody after an answer by link',
  { timeout: 90_000 },
  async () => {
    await using sms = await openReceiver(() => ({ body: '{"code":0}' }));
    // It refuses with a 200 once: no yes.
    await using robot = await openReceiver((_, n) => ({
      body: n === 1 ? '{"errcode":130101}' : '{"errcode":0}',
    }));
    await using hook = await openReceiver(() => ({}));
    const line = {
      id: 'line',
      driver: 'modbus-tcp',
      host: '127.0.0.1',
      port: 502,
      slaves: [{ id: 'probe-1', unit: 1, profile: 'rs-ws-n01', every: '500ms', zone: 'cold-1' }],
    };
    await using probe = await simulateTcp(line, shipped, { host: '127.0.0.1', port: 0 });
    probe.set('probe-1', 'temperature', 95);
    using site = writeSite({
      devices: `  - ${JSON.stringify({ ...line, port: probe.port })}`,
      rules: RULES,
      more: notify(sms.url, hook.url),
      files: { ...CANARIES, 'robot.url': `${robot.url}robot/send?access_token=canary-token` },
    });
    let said: string;
    {
      await using daemon = await Daemon.start(site.file);
      await until(
        'three SMS',
        () => sms.calls.length,
        (n) => n === 3,
      );
      // What became of them is on record before the power goes.
      await delay(500);
      await daemon.cut();
      said = daemon.said;
    }
    const texts = sms.calls.map((c) => JSON.parse(c.body) as { to: string; text: string });
    expect(texts.map((t) => t.to).toSorted()).toEqual(Object.values(CANARIES).slice(0, 3));
    expect(texts.find((t) => t.to.endsWith('1'))?.text).toMatch(/^【紧急】冷库超温/);
    expect(texts.find((t) => t.to.endsWith('2'))?.text).toMatch(/^\[URGENT\] Cold room above 8 °C/);

    await using daemon = await Daemon.start(site.file);
    await until(
      'the boss',
      () => robot.calls.length,
      (n) => n === 2,
    );
    const path = /\/answer\/[\w.-]+/.exec(texts[0]?.text ?? '')?.[0] ?? '';
    const link = `${daemon.url}${path}`;
    for (let i = 0; i < 3; i++) expect((await fetch(link)).status).toBe(200);
    expect((await daemon.alarm(ALARM))?.state).toBe('unacknowledged');
    const answered = await fetch(link, { method: 'POST', headers: { origin: daemon.url } });
    expect(await answered.text()).toContain('已确认');
    expect((await daemon.alarm(ALARM))?.state).toBe('acknowledged');
    expect((await fetch(link, { method: 'POST' })).status).toBe(409);
    await delay(1000);
    expect([sms.calls.length, robot.calls.length, hook.calls.length]).toEqual([3, 2, 0]);
    await daemon.stop();
    said += daemon.said;
    await expectSound(site.data);

    const acts = journalRecords(site.data, RecordType.act).filter((r) => r.body[2] === 'acknowledge');
    expect(acts.map((r) => r.body)).toEqual([
      [0, expect.stringMatching(/^duty\/(wang|li|zhao)$/), 'acknowledge', ALARM, null, 'seen', 'by link', 0],
    ]);
    const unanswered = journalRecords(site.data, RecordType.notice).filter((r) => r.body[1] === '-');
    expect(unanswered.map((r) => r.body)).toEqual([[ALARM, '-', 'duty', 1, 0]]);

    const kept = readdirSync(site.data, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => readFileSync(join(e.parentPath, e.name), 'latin1'));
    for (const canary of [...Object.values(CANARIES), 'canary-token']) {
      expect(said, canary).not.toContain(canary);
      expect(
        kept.some((text) => text.includes(canary)),
        canary,
      ).toBe(false);
    }
  },
);
