import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Incident, IncidentSummary } from '../../src/api/types.ts';
import { shipped } from '../../src/devices/modbus/rig.fixture.ts';
import { simulateTcp } from '../../src/devices/modbus/simulator.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { WebhookReceiver } from './receivers.ts';

const [WARM, DAMP] = ['probe-1/temperature/warm', 'probe-1/humidity/damp'];
const RULE = `basis: this story
  kind: limit
  deadband: 0.5
  raise-after: 1 sample
  clear-after: 1 sample
  do: [ notify: duty ]`;
const RULES = `
- id: warm
  title: { en: Too warm, zh: 超温 }
  on: { quantity: temperature }
  above: 8
  priority: high
  ${RULE}
- id: damp
  title: { en: Too damp, zh: 湿度过高 }
  on: { quantity: humidity }
  above: 80
  priority: medium
  ${RULE}
`;

it(
  'a room gets warm and damp: one incident, who was told and what was done, and one file that proves it',
  { timeout: 90_000 },
  async () => {
    await using hook = await WebhookReceiver.listen();
    const slaves = [{ id: 'probe-1', unit: 1, profile: 'rs-ws-n01', every: '500ms', zone: 'cold-1' }];
    const line = { id: 'line', driver: 'modbus-tcp', host: '127.0.0.1', port: 502, slaves };
    await using probe = await simulateTcp(line, shipped, { host: '127.0.0.1', port: 0 });
    probe.set('probe-1', 'temperature', 95);
    using site = writeSite({
      devices: `  - ${JSON.stringify({ ...line, port: probe.port })}`,
      rules: RULES,
      block: '2s',
      more: `
notify:
  people: [{ id: wang, name: { en: Wang Lei, zh: 王磊 } }]
  channels: [{ id: hook, kind: webhook, url: '${hook.url}', secret: file:hook.secret, lan: true }]
  routes: [{ id: duty, role: duty, channels: [hook] }]
`,
      files: { 'hook.secret': 'of this story alone' },
    });
    const policy = join(site.folder, 'policy.json');
    const bundle = join(site.folder, 'incident.zip');
    let id: string;
    {
      await using daemon = await Daemon.start(site.file);
      await eventually(
        'it is too warm',
        () => daemon.alarm(WARM),
        (alarm) => alarm !== undefined,
      );
      probe.set('probe-1', 'humidity', 900);
      await eventually(
        'it is too damp',
        () => daemon.alarm(DAMP),
        (alarm) => alarm !== undefined,
      );
      const acknowledgement = { meaning: 'being-handled', reason: 'the door was open' };
      expect(await daemon.acknowledge(WARM, acknowledgement)).toBe(204);
      probe.set('probe-1', 'temperature', 40);
      await eventually(
        'it is cold again',
        () => daemon.alarm(WARM),
        (alarm) => alarm === undefined,
      );

      const list = (await (await daemon.ask('incidents')).json()) as IncidentSummary[];
      expect(list).toMatchObject([
        {
          to: null,
          priority: 'high',
          zone: { id: 'cold-1' },
          alarms: [{ id: WARM, state: 'normal' }, { id: DAMP }],
        },
      ]);
      id = list[0]?.id ?? '';
      const told = async () => (await (await daemon.ask(`incidents/${id}`)).json()) as Incident;
      const story = await eventually('both were told', told, ({ told: rows }) =>
        rows.every((row) => row.toldAt !== null),
      );
      expect(story.told.map((row) => [row.alarm, row.channel, row.called])).toEqual([
        [WARM, 'hook', 'duty'],
        [DAMP, 'hook', 'duty'],
      ]);
      const happened = story.entries.map((entry) =>
        `${entry.kind} ${'alarm' in entry ? entry.alarm : ''}`.trim(),
      );
      expect(happened[0]).toBe(`alarm ${WARM}`);
      expect(happened).toContain(`alarm ${DAMP}`);
      const [act] = story.entries.filter((entry) => entry.kind === 'act');
      expect(act).toMatchObject({
        verb: 'acknowledge',
        change: 'being-handled',
        reason: 'the door was open',
      });

      // One link.
      const sealed = async () => (await daemon.status()).journal.lastSealed?.t1 ?? 0;
      await eventually('it is sealed', sealed, (t1) => t1 > (act?.t ?? Infinity), 30_000);
      const proof = await daemon.ask(`incidents/${id}/bundle`);
      expect([proof.status, proof.headers.get('content-disposition')]).toEqual([
        200,
        `attachment; filename="incident-${id}.zip"`,
      ]);
      writeFileSync(bundle, Buffer.from(await proof.arrayBuffer()));
      await daemon.stop();
    }
    // One command, of a gateway that is off.
    const shown = await bailee('incidents', 'show', id, '--data', site.data);
    expect(shown.out).toContain('being-handled, the door was open');
    const listed = await bailee('incidents', 'list', '--data', site.data);
    expect([listed.code, listed.out]).toEqual([1, expect.stringContaining(`${id} `)]);
    const other = join(site.folder, 'other.zip');
    expect((await bailee('incidents', 'bundle', id, '--data', site.data, '--out', other)).code).toBe(0);
    writeFileSync(policy, (await bailee('policy', '--data', site.data)).out);
    for (const file of [bundle, other]) {
      const verdict = await bailee('verify', file, '--policy', policy, '--json');
      expect(JSON.parse(verdict.out), verdict.err).toMatchObject({ evidence: 'valid' });
    }
    expect((await bailee('incidents', 'show', '0-999999', '--data', site.data)).code).toBe(64);
    await expectSound(site.data);
  },
);
