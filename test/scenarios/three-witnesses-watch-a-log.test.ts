import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Status } from '../../src/api/types.ts';
import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType, StatementKind, SystemCode } from '../../src/domain/record.ts';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, startAnvil } from '../anvil.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { MqttPublisher } from '../mqtt-publisher.ts';
import { freePort } from '../../src/cli/demo/free-port.ts';
import { logKeyOf, Member, nameWitnesses, openLiar, OWNERS, unnameWitnesses } from '../witness-town.ts';

const [ADMIN, GATEWAY] = ANVIL_SECRETS;
const LEDGER_KEY = '4c0883a69102937d6231471b5dbb6204fe512961708279f1d2a1c8d3f5a1b0c7';

function probeAt(port: number): string {
  return `
  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:${port}
    devices: [{ id: probe-1, topic: site/p, profile: json-generic, every: 1s, max-gap: 10s, zone: cold-1 }]`;
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await bailee(...args);
  expect(code, err).toBe(0);
  return out.trim();
}

/** The gateway is started once, so that its log key exists, and the members are told of it. */
async function openTown(site: Site, stack: AsyncDisposableStack): Promise<readonly Member[]> {
  await (await Daemon.start(site.file)).stop();
  const key = await logKeyOf(site.data);
  const members = OWNERS.map((owner) => stack.use(new Member(owner, key)));
  for (const member of members) await member.start();
  nameWitnesses(site, 2, members);
  return members;
}

function notesIn(data: string, epoch = 0): number[] {
  using archive = openArchive(data, epoch);
  return [...archive.notesBetween(1, 1e9)].map(({ size }) => size);
}

it('three witnesses watch a log, two are enough: one may be away, without two nothing is anchored, and all is caught up after', async () => {
  await using stack = new AsyncDisposableStack();
  const anvil = stack.use(await startAnvil({}));
  await anvil.rpc('anvil_mine', '0x3');
  await anvil.rpc('evm_setIntervalMining', 1);
  const port = await freePort();
  using site = writeSite({
    block: '2s',
    devices: probeAt(port),
    more: `
ledger:
  kind: evm
  url: ${anvil.url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '0x0000000000000000000000000000000000000000'
  finality: { depth: 1 }
  account-key: file:account.key
  ledger-key: file:ledger.key
`,
    files: { 'admin.key': ADMIN, 'account.key': GATEWAY, 'ledger.key': LEDGER_KEY },
  });
  const admin = `file:${join(site.folder, 'admin.key')}`;
  const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID), '--account-key', admin];
  const contract = await done('ledger', 'deploy', ...node, '--key-delay', '60s');
  site.edit((text) => text.replace('0x0000000000000000000000000000000000000000', contract));
  const members = await openTown(site, stack);
  await done('ledger', 'enrol', '--config', site.file, '--account-key', admin);
  expect(await done('check', site.file)).toContain('bank-b');

  const daemon = stack.use(await Daemon.start(site.file));
  const probe = stack.use(await MqttPublisher.open(port, 'probe'));
  const feeding = new AbortController();
  const feed = (async () => {
    for (let n = 0; !feeding.signal.aborted; n++) {
      await probe.publish('site/p', `{"temperature":${(40 + (n % 20)) / 10}}`).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  const anchored = (least: number, what: string) =>
    eventually(
      what,
      () => daemon.status(),
      ({ anchor }) => (anchor.lastFinalSize ?? 0) >= least,
      30_000,
    );
  const first = await anchored(1, 'a head is cosigned and anchored');
  expect(first.anchor.witnesses).toMatchObject({ guard: 'open', quorum: 2 });
  expect(first.anchor.witnesses?.cosignedSize).toBeGreaterThan(0);
  const from = first.now;

  // One is away: two owners are enough.
  await members[0]?.stop();
  const one = await daemon.status();
  await anchored(one.journal.size + 2, 'anchoring goes on with one witness away');
  const to = (await daemon.status()).now;

  // Two are away: blocks are sealed and signed, nothing is anchored, and nobody says that all is well.
  await members[1]?.stop();
  const two = await eventually(
    'sealing goes on',
    () => daemon.status(),
    ({ journal, health }) =>
      journal.size > one.journal.size + 5 &&
      health.some((c) => c.name === 'witnesses' && c.state === 'degraded'),
    30_000,
  );
  const later = await eventually(
    'blocks are sealed still',
    () => daemon.status(),
    ({ journal }) => journal.size > two.journal.size + 2,
    20_000,
  );
  expect(later.anchor.lastFinalSize).toBe(two.anchor.lastFinalSize);
  expect(later.anchor.witnesses?.cosignedSize).toBeLessThan(later.journal.size - 1);
  expect(later.health.find((c) => c.name === 'witnesses')?.detail.en).toContain('witness.bank-a.example/1');

  const told = await bailee('status', '--data', site.data, '--url', daemon.url);
  expect(told.out).toMatch(
    /Witnesses: open, size \d+ cosigned by 2 owners\n {2}witness\.bank-a\.example\/1 failing: /,
  );

  await members[1]?.start();
  await anchored(later.journal.size, 'all is caught up');
  feeding.abort();
  await feed;
  const metrics = await (await fetch(new URL('/metrics', daemon.url))).text();
  expect(metrics).toMatch(/^bailee_cosigned_blocks [1-9]/m);
  expect(metrics).toContain(
    'bailee_witness_sound{witness="witness.regulator.example/1",owner="regulator"} 1',
  );
  await daemon.stop();

  // A stranger with the policy alone: who saw it, and when at the latest and at the earliest.
  const policy = join(site.folder, 'policy.json');
  writeFileSync(policy, await done('policy', '--data', site.data));
  const bundle = join(site.folder, 'b.zip');
  const range = ['--stream', 'probe-1/temperature', '--min', '2', '--max', '8'];
  const window = ['--from', new Date(from).toISOString(), '--to', new Date(to - 1000).toISOString()];
  await done('export', '--data', site.data, ...range, ...window, '--out', bundle);
  const verdict = await bailee('verify', bundle, '--policy', policy, '--json');
  const said = JSON.parse(verdict.out) as Verdict;
  expect(said.evidence, verdict.out).toBe('valid');
  expect(said.limits).not.toContain('L7');
  expect(said.limits).not.toContain('L6');
  expect(new Set(said.anchors.map((a) => a.owner)).size).toBeGreaterThanOrEqual(2);
  expect(said.time.worstDelayMs).toBeLessThan(30_000);
  expect(said.time.worstLeadMs).not.toBeNull();
  await expectSound(site.data);

  // A cosignature is signed, too: one that was changed in the store is found.
  const db = new DatabaseSync(join(site.data, 'journal.db'));
  const row = db.prepare("SELECT size, note FROM note WHERE note LIKE '%witness.regulator%' LIMIT 1").get();
  const changed = String(row?.['note']).replace(/(witness\.regulator\S+ \S{40})(.)/, (_, before, c) => {
    return `${before}${c === 'A' ? 'B' : 'A'}`;
  });
  db.prepare('UPDATE note SET note = ? WHERE size = ?').run(changed, Number(row?.['size']));
  db.close();
  const audited = await bailee('audit', '--data', site.data);
  expect(audited.code).toBe(1);
  expect(audited.out).toContain('signature of witness.regulator.example/1');
}, 240_000);

type Verdict = {
  readonly evidence: string;
  readonly limits: readonly string[];
  readonly anchors: readonly { readonly owner?: string }[];
  readonly time: { readonly worstDelayMs: number | null; readonly worstLeadMs: number | null };
};

function cosigned(daemon: Daemon, least: number): Promise<Status> {
  return eventually(
    `size ${least} is cosigned`,
    () => daemon.status(),
    ({ anchor }) => (anchor.witnesses?.cosignedSize ?? 0) >= least,
    20_000,
  );
}

it('a data directory is put back while its witnesses are ahead: nothing is signed there again, the next epoch says so', async () => {
  await using stack = new AsyncDisposableStack();
  using site = writeSite({
    block: '1s',
    devices: probeAt(0),
    rules: `
- id: log-contradicted
  title: { en: Others hold a longer history, zh: 他方持有更长的历史 }
  basis: R28
  kind: integrity
  events: [witness-ahead]
  clear-after: 1m
  latch: true
  priority: urgent
`,
  });
  const members = await openTown(site, stack);
  let daemon = stack.use(await Daemon.start(site.file));
  await cosigned(daemon, 3);
  await daemon.stop();
  const image = join(site.folder, 'image');
  cpSync(site.data, image, { recursive: true });

  daemon = stack.use(await Daemon.start(site.file));
  const before = await cosigned(daemon, Math.max(...notesIn(image)) + 3);
  await daemon.stop();

  rmSync(site.data, { recursive: true });
  cpSync(image, site.data, { recursive: true });
  const signed = notesIn(site.data);
  daemon = stack.use(await Daemon.start(site.file));
  const next = await eventually(
    'the next epoch goes on',
    // While it opens again nobody answers.
    () => daemon.status().catch(() => null),
    (status) => status?.epoch === 1 && status.journal.size > 1,
    20_000,
  );
  expect(next?.health.find((c) => c.name === 'epoch')).toMatchObject({ state: 'failed' });
  await daemon.stop();
  // It is never signed again, whoever is asked next time.
  unnameWitnesses(site);
  daemon = stack.use(await Daemon.start(site.file));
  const alone = await eventually(
    'blocks are sealed',
    () => daemon.status(),
    ({ epoch, journal }) => epoch === 1 && journal.size > (next?.journal.size ?? 0) + 2,
    20_000,
  );
  expect(alone.health.find((c) => c.name === 'epoch')).toMatchObject({ state: 'failed' });
  await daemon.stop();
  expect(notesIn(site.data)).toEqual(signed);
  const found = journalRecords(site.data, RecordType.system).filter(
    (r) => r.body[0] === SystemCode.rollbackFound,
  );
  // It tells what the witnesses hold and how many blocks were here, of which none more was signed.
  expect(
    found.map(({ body: [, held, here] }) => [
      Number(held) >= (before.anchor.witnesses?.cosignedSize ?? 0),
      Number(here) >= Math.max(...signed) && Number(here) < Number(held),
    ]),
  ).toEqual([[true, true]]);
  await expectSound(site.data);

  // The honest image, with one that lies from the start: it is no rollback, and nothing is signed until it is gone.
  rmSync(site.data, { recursive: true });
  cpSync(image, site.data, { recursive: true });
  const liar = stack.use(await openLiar(1_000_000));
  const fresh = OWNERS.map((owner) => stack.use(new Member(`${owner}-2`, members[0]?.logKey ?? '')));
  for (const member of fresh) await member.start();
  const [a, b, c] = fresh;
  if (a === undefined || b === undefined || c === undefined) throw new Error('three members');
  nameWitnesses(site, 2, [a, b, { url: liar.url, vkey: c.vkey, owner: c.owner }]);
  daemon = stack.use(await Daemon.start(site.file));
  const doubted = await eventually(
    'the claim is told',
    () => daemon.status(),
    ({ anchor, journal }) => anchor.witnesses?.guard === 'held' && journal.size > Math.max(...signed) + 2,
    20_000,
  );
  expect(doubted.health.find((x) => x.name === 'witnesses')).toMatchObject({ state: 'degraded' });
  expect(await daemon.alarm('gateway/log-contradicted')).toMatchObject({ priority: 'urgent' });
  await daemon.stop();
  expect(notesIn(site.data)).toEqual(signed);
  const claims = journalRecords(site.data, RecordType.statement).filter(
    (r) => r.body[0] === StatementKind.anchorOutcome,
  );
  expect(claims.map((r) => [r.body[1], r.body[2], r.body[4]])).toEqual([
    ['ahead', 1_000_000, c.vkey.split('+')[0]],
  ]);

  nameWitnesses(site, 2, [a, b]);
  daemon = stack.use(await Daemon.start(site.file));
  await cosigned(daemon, Math.max(...signed) + 2);
  await daemon.stop();
  await expectSound(site.data);
}, 240_000);
