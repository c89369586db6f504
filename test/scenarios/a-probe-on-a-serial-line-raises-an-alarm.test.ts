import { expect, it } from 'vitest';
import { CommandStep, NoticeResult, RecordType } from '../../src/domain/record.ts';
import { hasSocat, ifSocat } from '../../src/devices/modbus/rig.fixture.ts';
import { SmtpServer } from '../../src/notify/smtp-server.fixture.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { isSignedWith, mailText, WebhookReceiver } from './receivers.ts';
import { probe, SlavesOnALine } from './slaves.ts';

const ALARM = 'probe-1/temperature/cold-room-warm';
const SECRET = 'a secret of this story alone';

const RULES = `
- id: cold-room-warm
  title: { en: Cold room above 8 °C, zh: 冷库超温 }
  basis: GSP annex 3 §9
  kind: limit
  on: { quantity: temperature, zone: cold-* }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 2 samples
  clear-after: 2 samples
  priority: high
  do: [ siren: siren-1, notify: duty ]
`;

function coldStore(port: string, webhook: string, smtp: number): Site {
  return writeSite({
    devices: `
  - id: line-1
    driver: modbus-rtu
    port: ${port}
    timeout: 400ms
    slaves:
      - { id: probe-1, unit: 1, profile: xy-md02, every: 200ms, max-gap: 3s, zone: cold-1 }
      - { id: siren-1, unit: 20, profile: relay-siren, every: 1s, zone: cold-1 }`,
    rules: RULES,
    more: `
notify:
  channels:
    - { id: hook, kind: webhook, url: '${webhook}', secret: file:hook.secret, lan: true }
    - { id: mail, kind: smtp, server: 'smtp://127.0.0.1:${smtp}', from: cold@store.example, to: [wang@store.example, li@store.example], lan: true }
  routes:
    - { id: duty, role: duty, channels: [hook, mail] }
`,
    files: { 'hook.secret': SECRET },
  });
}

/** The event stream, as a page reads it. */
async function listen(daemon: Daemon, site: Site): Promise<{ readonly text: string } & Disposable> {
  const abort = new AbortController();
  const response = await daemon.events(abort.signal);
  let text = '';
  void response.body
    ?.pipeTo(new WritableStream({ write: (chunk) => void (text += Buffer.from(chunk).toString()) }))
    .catch((error: unknown) => {
      if (!abort.signal.aborted) throw error;
    });
  return {
    get text() {
      return text;
    },
    [Symbol.dispose]: () => abort.abort(new Error(`done with ${site.file}`)),
  };
}

it.skipIf(!hasSocat)(
  `a probe on a serial line raises an alarm: people are told, the siren sounds, one acknowledges${ifSocat}`,
  { timeout: 60_000 },
  async () => {
    await using line = new SlavesOnALine({ 1: probe(50), 20: probe(0) });
    await line.plug();
    await using webhook = await WebhookReceiver.listen();
    const smtp = new SmtpServer();
    using _smtp = { [Symbol.dispose]: () => smtp.close() };
    using site = coldStore(line.port, webhook.url, await smtp.listen());
    const [slave, board] = [line.units.get(1), line.units.get(20)];
    if (slave === undefined || board === undefined) throw new Error('the line has no slaves');

    {
      await using daemon = await Daemon.start(site.file);
      using events = await listen(daemon, site);
      await eventually(
        'the probe is read',
        () => daemon.stream('probe-1/temperature'),
        (s) => s.state === 'fresh' && s.latest?.text === '5.0' && s.unit === 'Cel' && s.level === 'C',
      );
      expect(await daemon.alarms()).toEqual([]);

      slave.temperature = 91;
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({
        state: 'unacknowledged',
        priority: 'high',
        lastValue: { text: '9.1', unit: 'Cel' },
        limit: '> 8 Cel',
        zone: { id: 'cold-1' },
        acknowledged: null,
      });

      await eventually(
        'the siren sounds, by its coil and its contact',
        () => board.coils.get(0),
        (on) => on === true,
      );
      await eventually(
        'the duty system is called',
        () => webhook.calls.length,
        (n) => n === 1,
      );
      const [call] = webhook.calls;
      if (call === undefined) throw new Error('no call');
      expect(isSignedWith(SECRET, call)).toBe(true);
      expect(isSignedWith('another secret', call)).toBe(false);
      expect(JSON.parse(call.body)).toMatchObject({
        format: 'bailee/notice/v1',
        alarm: ALARM,
        calls: true,
        role: 'duty',
        priority: 'high',
        value: { value: '9.1', unit: 'Cel' },
        limit: { side: 'above', value: '8', unit: 'Cel' },
        link: `${daemon.url}/#alarm=${encodeURIComponent(ALARM)}`,
      });

      await eventually(
        'a mail to both',
        () => smtp.mails.length,
        (n) => n === 1,
      );
      expect(smtp.mails[0]?.to).toEqual(['wang@store.example', 'li@store.example']);
      expect(mailText(smtp.mails[0]?.data ?? '')).toContain('Value: 9.1 °C (should be at most 8 °C)');

      await eventually(
        'the order is confirmed on record',
        () => journalRecords(site.data, RecordType.command).map((r) => [r.body[1], r.body[2], r.body[7]]),
        (steps) => steps.length === 2,
      );

      const act = { meaning: 'being-handled', reason: 'the door was open, 已关门' };
      expect(await daemon.acknowledge(ALARM, act, 'not the token')).toBe(401);
      expect(await daemon.acknowledge('probe-1/temperature/nothing', act)).toBe(404);
      expect(await daemon.acknowledge(ALARM, act)).toBe(204);
      expect(await daemon.alarm(ALARM)).toMatchObject({
        state: 'acknowledged',
        acknowledged: { by: 'operator 1', role: 'operator' },
      });
      await eventually(
        'the siren is silent',
        () => board.coils.get(0),
        (on) => on === false,
      );
      await eventually(
        'that is confirmed too',
        () => journalRecords(site.data, RecordType.command).length,
        (n) => n === 4,
      );
      expect(events.text).toMatch(/event: alarm\n(.*\n)*?data: .*"state":"unacknowledged"/);
      expect(events.text).toMatch(/event: alarm\n(.*\n)*?data: .*"state":"acknowledged"/);
      await daemon.stop();
    }

    expect(journalRecords(site.data, RecordType.command).map((r) => [r.body[2], r.body[7]])).toEqual([
      ['siren-on', CommandStep.ordered],
      ['siren-on', CommandStep.done],
      ['siren-off', CommandStep.ordered],
      ['siren-off', CommandStep.done],
    ]);
    expect(journalRecords(site.data, RecordType.act).map((r) => r.body)).toEqual([
      [0, 'none', 'acknowledge', ALARM, null, null, expect.stringContaining('NOT_SIGNED_IN'), 1],
      [1, 'operator', 'acknowledge', 'probe-1/temperature/nothing', null, null, expect.any(String), 1],
      [1, 'operator', 'acknowledge', ALARM, null, 'being-handled', 'the door was open, 已关门', 0],
    ]);
    expect(journalRecords(site.data, RecordType.notice).map((r) => [r.body[1], r.body[4]])).toEqual(
      expect.arrayContaining([
        ['hook', NoticeResult.delivered],
        ['mail', NoticeResult.delivered],
      ]),
    );

    await using again = await Daemon.start(site.file);
    expect(await again.alarm(ALARM)).toMatchObject({
      state: 'acknowledged',
      acknowledged: { by: 'operator 1', role: 'operator' },
    });
    slave.temperature = 60;
    await eventually(
      'the alarm is over',
      () => again.alarms(),
      (alarms) => alarms.length === 0,
    );
    // A restart tells nobody twice.
    expect([webhook.calls.length, smtp.mails.length]).toEqual([1, 1]);
    await again.stop();

    await expectSound(site.data);
  },
);
