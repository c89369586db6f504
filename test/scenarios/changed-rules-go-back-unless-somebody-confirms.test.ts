import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RuleSetStatus } from '../../src/api/types.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { MqttPublisher } from '../mqtt-publisher.ts';
import { WebhookReceiver } from './receivers.ts';

const ALARM = 'probe/temperature/warm';

function site(webhook: string, confirmWithin: string): Site {
  return writeSite({
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices:
      - { id: probe, topic: site/probe, profile: json-generic, every: 10m, zone: cold-1 }`,
    rules: `
- id: warm
  title: { en: Too warm, zh: 超温 }
  basis: this story
  kind: limit
  on: { quantity: temperature }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
  do: [ notify: hook ]
`,
    more: `
rule-changes: { confirm-within: ${confirmWithin} }
notify: { channels: [{ id: hook, kind: webhook, url: '${webhook}', secret: file:hook.secret, lan: true }] }
`,
    files: { 'hook.secret': 'a secret of this story alone' },
  });
}

/** Somebody with an editor lets it get warmer. */
function loosen({ folder }: Site, from: string, to: string): void {
  const file = join(folder, 'rules/site.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(`above: ${from} °C`, `above: ${to} °C`));
}

async function rules(daemon: Daemon): Promise<RuleSetStatus> {
  return (await (await daemon.ask('rules')).json()) as RuleSetStatus;
}

/** Waits through the moment in which the gateway opens again, when nobody answers. */
async function becomes(daemon: Daemon, state: RuleSetStatus['state']): Promise<RuleSetStatus> {
  const asked = (): Promise<RuleSetStatus | null> => rules(daemon).catch(() => null);
  const found = await eventually(`rules are ${state}`, asked, (r) => r?.state === state, 30_000);
  if (found === null) throw new Error('nobody answers');
  return found;
}

/** A reading that the broker has acknowledged is committed. */
async function say(daemon: Daemon, seq: number, temperature: number): Promise<void> {
  const port = Number([...daemon.said.matchAll(/"msg":"mq listens on 127\.0\.0\.1:(\d+)"/g)].at(-1)?.[1]);
  const publisher = await MqttPublisher.open(port, 'story');
  const message = { time: new Date().toISOString(), seq, temperature };
  await publisher.publish('site/probe', JSON.stringify(message));
  publisher[Symbol.dispose]();
}

/** What was done about rules, as it stands on record: verb, what it is about, from what to what. */
function acts(data: string): string[] {
  const set = /^rules ([0-9a-f]{4})\w* configuration .*$/;
  return journalRecords(data, RecordType.act).flatMap(({ body: [actor, role, verb, object, old, now] }) => {
    const said = String(verb);
    if (!said.endsWith('-rules')) return [];
    const change = said === 'change-rules' ? ` ${String(old)} → ${String(now)}` : '';
    const isSet = set.test(String(old)) && set.test(String(now));
    return [`${String(actor)} ${String(role)} ${said} ${String(object)}${change}${isSet ? ' (sets)' : ''}`];
  });
}

it('a limit that nobody confirms goes back by itself, over a power cut, and everybody is told', async () => {
  await using webhook = await WebhookReceiver.listen();
  using place = site(webhook.url, '4s');
  {
    await using daemon = await Daemon.start(place.file);
    expect(await rules(daemon)).toMatchObject({ state: 'confirmed', changes: [] });
    await say(daemon, 1, 5);
    await daemon.stop();
  }
  loosen(place, '8', '20');
  const check = await bailee('check', place.file);
  expect(check.out).toContain('~ rules/warm/above: 8 °C → 20 °C');
  expect(check.out).toContain('bailee replay --rules');
  {
    await using daemon = await Daemon.start(place.file);
    expect(daemon.said).toContain('changed rules are on trial');
    await daemon.cut();
  }
  await using daemon = await Daemon.start(place.file);
  const back = await becomes(daemon, 'rolled-back');
  expect(back).toMatchObject({
    changes: [{ path: 'rules/warm/above', old: '8 °C', new: '20 °C' }],
    why: expect.stringMatching(/^not confirmed by \d{4}-/),
  });
  const { health } = await daemon.status();
  expect(health.find(({ name }) => name === 'rules')).toMatchObject({ state: 'degraded' });
  await say(daemon, 2, 15);
  expect(await daemon.alarm(ALARM)).toMatchObject({ state: 'unacknowledged', limit: '> 8 Cel' });
  await eventually(
    'people are told',
    () => webhook.taken.map(({ alarm }) => alarm).sort(),
    (told) => told.length === 2,
  );
  expect(new Set(webhook.taken.map(({ alarm }) => alarm))).toEqual(
    new Set(['gateway/rules-rolled-back', ALARM]),
  );
  await daemon.stop();
  // The files still say otherwise: another start stays with what was confirmed, and says it once.
  await using again = await Daemon.start(place.file);
  expect(await rules(again)).toMatchObject({ state: 'rolled-back' });
  expect(await again.alarm(ALARM)).toMatchObject({ state: 'unacknowledged', limit: '> 8 Cel' });
  await again.stop();
  expect(acts(place.data)).toEqual([
    '0 gateway change-rules rules/warm/above 8 °C → 20 °C',
    '0 gateway try-rules rules (sets)',
    '0 gateway roll-back-rules rules (sets)',
  ]);
  await expectSound(place.data);
}, 60_000);

it('a limit goes back at once, is tried again, is confirmed and stays', async () => {
  await using webhook = await WebhookReceiver.listen();
  using place = site(webhook.url, '1h');
  {
    await using first = await Daemon.start(place.file);
    await say(first, 1, 15);
    expect(await first.alarm(ALARM)).toMatchObject({ state: 'unacknowledged' });
    await first.stop();
  }
  loosen(place, '8', '20');
  const asked = async (verb: string, daemon: Daemon): ReturnType<typeof bailee> =>
    bailee('rules', verb, '--reason', 'agreed', '--config', place.file, '--url', daemon.url);
  {
    await using daemon = await Daemon.start(place.file);
    expect(await rules(daemon)).toMatchObject({ state: 'trial', needsTwo: false, endorsedBy: null });
    expect(await daemon.alarm(ALARM)).toMatchObject({ limit: '> 20 Cel' });
    expect(await asked('revert', daemon)).toMatchObject({ code: 0 });
    await becomes(daemon, 'rolled-back');
    expect(await daemon.alarm(ALARM)).toMatchObject({ limit: '> 8 Cel' });
    expect(await asked('confirm', daemon)).toMatchObject({ code: expect.not.stringMatching('^0$') });
    expect(await asked('try', daemon)).toMatchObject({ code: 0 });
    await becomes(daemon, 'trial');
    expect(await asked('confirm', daemon)).toMatchObject({ code: 0 });
    expect(await rules(daemon)).toMatchObject({ state: 'confirmed', changes: [] });
    await daemon.stop();
  }
  expect(await bailee('rules', 'diff', place.file)).toMatchObject({ code: 0 });
  await using last = await Daemon.start(place.file);
  expect(await rules(last)).toMatchObject({ state: 'confirmed' });
  await say(last, 2, 15);
  expect(await last.alarm(ALARM)).toMatchObject({ limit: '> 20 Cel' });
  await last.stop();
  const change = '0 gateway change-rules rules/warm/above 8 °C → 20 °C';
  const tried = '0 gateway try-rules rules (sets)';
  expect(acts(place.data)).toEqual([
    change,
    tried,
    '1 supervisor revert-rules rules (sets)',
    '1 supervisor confirm-rules /api/v1/rules/confirm',
    '1 supervisor retry-rules rules (sets)',
    change,
    tried,
    '1 supervisor confirm-rules rules (sets)',
  ]);
  await expectSound(place.data);
}, 60_000);
