import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Status } from '../../src/api/types.ts';
import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType, SystemCode } from '../../src/domain/record.ts';
import { decodeBlock } from '../../src/evidence/block.ts';
import { parsePolicy, type Policy } from '../../src/evidence/policy.ts';
import { sha256 } from '../../src/gateway/site/primitives.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { ChainedSite, done, sealedWindow, TEMPERATURE, verdictOf } from './chained-site.ts';
import { WebhookReceiver } from './receivers.ts';

const ORIGIN = 'scenario.example/gw/b0b1b2b3b4b5b6b7';
const WHAT = ['--stream', TEMPERATURE, '--min', '2', '--max', '10', '--allow-gap', '1h'];

function anchored(daemon: Daemon, least: number): Promise<Status> {
  return eventually(
    `size ${least} is final`,
    () => daemon.status(),
    ({ anchor }) => (anchor.lastFinalSize ?? 0) >= least,
    30_000,
  );
}

function seed(n: number): string {
  return Buffer.alloc(32, n).toString('base64');
}

/** While it opens again nobody answers. */
function inEpoch(daemon: Daemon, epoch: number, blocks: number): Promise<Status | null> {
  return eventually(
    `epoch ${epoch} goes on`,
    () => daemon.status().catch(() => null),
    (status) => status?.epoch === epoch && status.journal.size >= blocks,
    60_000,
  );
}

async function policyOf(data: string, file: string): Promise<Policy> {
  writeFileSync(file, await done('policy', '--data', data));
  const parsed = parsePolicy(readFileSync(file), sha256);
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.policy;
}

/** Sizes of the heads that were signed. */
function notesIn(data: string, epoch: number): number[] {
  using archive = openArchive(data, epoch);
  return [...archive.notesBetween(1, 1e9)].map(({ size }) => size);
}

/** From when to when an epoch speaks under a policy, as far as its valid heads reach. */
function saidBy(data: string, epoch: number, policy: Policy): { readonly from: number; readonly to: number } {
  using archive = openArchive(data, epoch);
  const own = policy.get(`${ORIGIN}/${epoch}`);
  if (own === undefined) throw new Error(`the policy does not name epoch ${epoch}`);
  const last = Math.min(
    own.revokedFrom ?? Infinity,
    ...own.keys.map((k) => k.to ?? Infinity),
    archive.size(),
  );
  const blockAt = (no: number) => decodeBlock(archive.block(no)?.block ?? new Uint8Array());
  return { from: Math.max(own.since, blockAt(0).t0), to: blockAt(last - 1).t1 };
}

it('a stolen key is revoked at a size: the next epoch goes on with new keys, both are proven, a head above that size is void', async () => {
  await using place = await ChainedSite.open('1h');
  const { file, data, folder } = place.site;
  await using opening = new AsyncDisposableStack();
  const daemon = opening.use(await Daemon.start(file));
  const load = place.load();
  const { anchor } = await anchored(daemon, 4);
  const size = (anchor.lastFinalSize ?? 0) - 1;

  // A bundle under a head that the consortium is about to void, and one under a head that stays.
  const window = sealedWindow(data);
  const before = join(folder, 'before.zip');
  await done('export', '--data', data, ...window, ...WHAT, '--out', before);

  expect(await place.asConsortium('revoke', '--valid-size', String(size), '--reason', 'key stolen')).toBe(
    `${ORIGIN}/0 revoked ${size}`,
  );
  const next = await inEpoch(daemon, 1, 2);
  expect(next?.health.find((c) => c.name === 'epoch')).toMatchObject({ state: 'degraded' });
  expect(await place.asConsortium('enrol')).toContain(`${ORIGIN}/1 `);
  const later = await anchored(daemon, 3);
  expect(later.epoch).toBe(1);
  await done('keys', 'acknowledge', '--data', data, '--reason', 'it was copied from a backup');
  const calm = await daemon.status();
  expect(calm.health.find((c) => c.name === 'epoch')).toMatchObject({ state: 'ok' });
  await load.stop();
  await daemon.stop();

  const [event] = journalRecords(data, RecordType.system);
  expect(event?.body.slice(0, 2)).toEqual([SystemCode.epochContinues, size]);
  await expectSound(data);
  for (const verb of ['audit', 'replay']) await done(verb, '--data', data, '--epoch', '0');

  const policyFile = join(folder, 'policy.json');
  const policy = await policyOf(data, policyFile);
  expect(policy.get(`${ORIGIN}/0`)).toMatchObject({ revokedFrom: size });
  const [old, now] = [saidBy(data, 0, policy), saidBy(data, 1, policy)];
  expect(now.from).toBeGreaterThanOrEqual(old.to);

  // The head above is void; the same window under a valid head, and the next epoch, are proven.
  expect(await verdictOf(before, policyFile)).toMatchObject({ failure: { code: 'KEY_NOT_VALID' } });
  const again = join(folder, 'again.zip');
  await done('export', '--data', data, '--epoch', '0', ...window, ...WHAT, '--out', again);
  expect(await verdictOf(again, policyFile)).toMatchObject({ evidence: 'valid', failure: null });
  const after = join(folder, 'after.zip');
  await done('export', '--data', data, ...sealedWindow(data), ...WHAT, '--out', after);
  expect(await verdictOf(after, policyFile)).toMatchObject({ evidence: 'valid', answer: 'yes' });
}, 240_000);

it('an old copy of the data directory is put back: nothing is signed under its origin again, the next epoch tells of it', async () => {
  await using place = await ChainedSite.open('1h');
  const { file, data, folder } = place.site;
  const image = join(folder, 'image');
  await using opening = new AsyncDisposableStack();
  let daemon = opening.use(await Daemon.start(file));
  const load = place.load();
  await anchored(daemon, 2);
  await daemon.stop();
  cpSync(data, image, { recursive: true });
  const copied = notesIn(image, 0);
  daemon = opening.use(await Daemon.start(file));
  await anchored(daemon, Math.max(...copied) + 3);
  const bundle = join(folder, 'bundle.zip');
  const made = await done(
    'export',
    '--data',
    data,
    ...sealedWindow(data),
    ...WHAT,
    '--out',
    bundle,
    '--json',
  );
  // What no other holds when the copy comes back is void: the ledger has the head of this bundle before.
  await anchored(daemon, (JSON.parse(made) as { size: number }).size);
  await daemon.stop();
  const head = Math.max(...notesIn(data, 0));

  rmSync(data, { recursive: true });
  cpSync(image, data, { recursive: true });
  daemon = opening.use(await Daemon.start(file));
  const next = await inEpoch(daemon, 1, 2);
  expect(next?.health.find((c) => c.name === 'epoch')).toMatchObject({ state: 'failed' });
  expect(await place.asConsortium('enrol')).toContain(`${ORIGIN}/1 `);
  await anchored(daemon, 2);
  await load.stop();
  await daemon.stop();

  expect(notesIn(data, 0)).toEqual(copied);
  const [event] = journalRecords(data, RecordType.system);
  expect(event?.body[0]).toBe(SystemCode.rollbackFound);
  const held = Number(event?.body[1]);
  expect(held).toBeGreaterThan(Math.max(...copied));
  expect(held).toBeLessThanOrEqual(head);
  await expectSound(data);

  const policyFile = join(folder, 'policy.json');
  const policy = await policyOf(data, policyFile);
  expect(policy.get(`${ORIGIN}/0`)?.keys.map((k) => k.to)).toEqual([held]);
  // What a stranger was given before counts as before, and no hour is told in two epochs.
  expect(await verdictOf(bundle, policyFile)).toMatchObject({ evidence: 'valid', answer: 'yes' });
  expect(saidBy(data, 1, policy).from).toBeGreaterThanOrEqual(saidBy(data, 0, policy).to);

  // The same copy once more: the number after the one that the ledger knows.
  rmSync(data, { recursive: true });
  cpSync(image, data, { recursive: true });
  daemon = opening.use(await Daemon.start(file));
  await inEpoch(daemon, 2, 1);
  await daemon.stop();
  expect(notesIn(data, 0)).toEqual(copied);
}, 240_000);

it('an owner without a ledger ends the log: its configured key is refused, with a new one the gateway goes on and calls people', async () => {
  await using duty = await WebhookReceiver.listen();
  using place = writeSite({
    block: '1s',
    devices: `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 10s, zone: cold-1 }]`,
    more: `
keys: { log-key: file:log.seed }
notify: { channels: [{ id: hook, kind: webhook, url: '${duty.url}', secret: file:hook.secret, lan: true }] }
`,
    files: { 'hook.secret': 'a secret of this story alone', 'log.seed': seed(1) },
  });
  const { file, data, folder } = place;
  await using opening = new AsyncDisposableStack();
  let daemon = opening.use(await Daemon.start(file));
  await eventually(
    'some blocks are sealed',
    () => daemon.status(),
    ({ journal }) => journal.size > 3,
    20_000,
  );
  const asked = await done('keys', 'revoke', '--data', data, '--valid-size', '2', '--reason', 'stolen');
  expect(asked).toBe('epoch 1');
  // The key of the log that is over is nobody's to sign the next one with.
  await expect(daemon.failed(60_000)).rejects.toThrow(/ended with 78[^]*keys\.log-key is a key of .*\/0,/);
  await expect(Daemon.start(file)).rejects.toThrow(/ended with 78/);
  writeFileSync(join(folder, 'log.seed'), seed(2), { mode: 0o600 });
  daemon = opening.use(await Daemon.start(file));
  await inEpoch(daemon, 1, 1);
  await eventually(
    'the duty is called',
    () => duty.taken.map(({ alarm }) => alarm),
    (alarms) => alarms.includes('gateway/epoch-over'),
    20_000,
  );
  const calm = await done('keys', 'acknowledge', '--data', data);
  expect(calm).toBe('epoch 1');
  expect((await bailee('keys', 'acknowledge', '--data', data)).code).toBe(1);
  await daemon.stop();
  await expectSound(data);
  const policy = await policyOf(data, join(folder, 'policy.json'));
  expect(policy.get(`${ORIGIN}/0`)).toMatchObject({ revokedFrom: 2 });
  expect(policy.get(`${ORIGIN}/1`)).toMatchObject({ since: saidBy(data, 0, policy).to });
  const acts = journalRecords(data, RecordType.act).map((r) => r.body[2]);
  expect(acts).toContain('acknowledge-epoch');
}, 120_000);
