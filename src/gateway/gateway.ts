import { dirname } from 'node:path';
import type { Secp256k1Key } from '../anchoring/secp256k1-key.ts';
import type { AnchorStatus } from '../api/types.ts';
import { openJournal, type SqliteJournal } from '../buffer/journal.ts';
import { SecretStore } from '../config/secret.ts';
import { EVENTS_SLOT, RecordType, SystemCode } from '../domain/record.ts';
import { noteKey } from '../evidence/note-key.ts';
import { DeviceHealth } from '../intake/device-health.ts';
import type { Committed } from '../intake/intake.ts';
import { LagMeter } from '../ops/lag.ts';
import { Anchoring, ledgerKeysOf, ledgerSigner } from './anchoring.ts';
import { Batching } from './batching.ts';
import { Blocks } from './blocks.ts';
import { startCore, type Core } from './core.ts';
import { DeviceRunner } from './device-runner.ts';
import { healthOf } from './checks.ts';
import { checksOf, openFaces, watchdogOf } from './faces.ts';
import { GatewayFeed } from './feed.ts';
import { Gauges } from './gauges.ts';
import { HistoryDesk } from './history-desk.ts';
import { identify, type Identity } from './identity.ts';
import { loadLogKey } from './keys.ts';
import { lastReadings } from './last-readings.ts';
import { Live } from './live.ts';
import { startNotifying } from './notifying.ts';
import { openReadOnly } from './open-read-only.ts';
import { GatewayOperator } from './operator.ts';
import { loadOperatorToken } from './operator-token.ts';
import { sha256 } from './primitives.ts';
import { Schedule } from './schedule.ts';
import { hashFiles, zonesOf, type SiteConfiguration } from './site.ts';
import { GatewayView } from './view.ts';
import type { World } from './world.ts';

const NO_LEDGER: AnchorStatus = {
  ledger: null,
  lastFinalSize: null,
  at: null,
  state: 'none',
  lastError: null,
};

/** A running gateway; disposing it stops everything in reverse order and seals what is there. */
export type Gateway = AsyncDisposable & {
  readonly origin: string;
  /** Where the page and the API are. */
  readonly url: string;
  /** File with the operator's token. */
  readonly tokenFile: string;
};

/**
 * The composition root: opens everything in order, the journal first and the faces last. A start
 * that fails half way closes what it opened, by the same code that stops a running gateway.
 * @throws ConfigError, StorageError
 */
export async function openGateway(site: SiteConfiguration, world: World): Promise<Gateway> {
  await using opening = new AsyncDisposableStack();
  const { log } = world;
  const secrets = new SecretStore(dirname(site.file), world.credentials);
  const journal = opening.use(openJournal(site.data));
  const identity = identify(journal, site.data, site.gateway);
  const token = loadOperatorToken(site.data);
  log.info({ ...journal.facts(), origin: identity.origin }, 'journal opened');

  let failed = false;
  const fail = (error: unknown): void => {
    if (!failed) world.onFatal(error);
    failed = true;
  };

  const live = new Live();
  const onCommit: ((commit: Committed) => void)[] = [({ records }) => live.take(records)];
  const ledgerKeys = site.ledger === null ? null : ledgerKeysOf(site.ledger, secrets);
  let anchoring: Anchoring | null = null;
  const core = start({
    site,
    journal,
    identity,
    ledgerKey: ledgerKeys?.ledger ?? null,
    // With a ledger nothing is signed before it said that it holds no more of our log than we do.
    maySign: () => (site.ledger === null ? true : (anchoring?.maySign() ?? false)),
    onCommit: (commit) => onCommit.forEach((tell) => tell(commit)),
  });
  const { clock, intake, deciding } = core;
  if (core.found !== null)
    log.info({ flags: core.found.flags, lost: core.found.lost }, 'open block recovered');

  const gauges = new Gauges();
  const health = new DeviceHealth();
  let records: Committed['records'] = [];
  onCommit.push((commit) => (records = commit.records));
  const batching = new Batching({
    intake,
    health,
    streams: core.streams,
    commitMs: site.evidence.commitMs,
    now: () => clock.now(),
    onArrival: (arrival) => gauges.noteArrival(arrival),
    onCommitted: (seconds) => gauges.noteCommit(records, seconds),
    onError: fail,
  });
  const blocks = new Blocks({
    identity,
    clock,
    rules: core.settings,
    sealer: core.sealer,
    intake,
    deciding,
    clockClaim: site.evidence.clock,
    boot: core.boot,
    flush: () => batching.flush(),
    onSealed: (sealed) => {
      live.sealed = sealed;
      log.info({ size: sealed.size, t1: sealed.t1, signed: sealed.signed }, 'block sealed');
      feed.say({ kind: 'sealed', journal: view.journalStatus() });
      if (sealed.signed) anchoring?.signed();
    },
  });
  opening.defer(() => {
    if (!failed) close(core, batching, blocks);
  });

  const devices = opening.use(
    new DeviceRunner(site.connections, {
      now: () => clock.now(),
      log: (level, message, fields) => log[level](fields ?? {}, message),
      secret: (reference) => Promise.resolve(secrets.read(reference).reveal()),
    }),
  );
  if (site.ledger !== null && ledgerKeys !== null) {
    anchoring = opening.use(
      new Anchoring({
        settings: site.ledger,
        keys: ledgerKeys,
        origin: identity.origin,
        journal,
        log,
        add: (input) => batching.add(input),
        now: () => clock.now(),
      }),
    );
  }
  const anchorStatus = (): AnchorStatus => anchoring?.status() ?? NO_LEDGER;
  let url = '';
  const notifying = opening.use(
    startNotifying({
      site,
      secrets,
      core,
      live,
      journal,
      devices,
      add: (input) => batching.add(input),
      onError: fail,
      timeZone: world.timeZone,
      url: () => url,
    }),
  );
  onCommit.push(({ outbox }) => {
    if (outbox.length > 0) notifying.wake();
  });
  const onLook = (): void => {
    batching.noteRefusals();
    if (anchoring?.maySign() === true && core.sealer.signHead()) anchoring.signed();
  };
  const schedule = opening.use(
    new Schedule({
      ...site.evidence,
      clock,
      intake,
      deciding,
      blocks,
      onLook,
      onError: fail,
    }),
  );
  onCommit.push((commit) => schedule.noteCommit(commit));

  const lag = opening.use(new LagMeter());
  const checks = healthOf({
    batching,
    core,
    devices: health,
    deviceIds: () => view.devices().map((d) => d.id),
    notifying,
    anchor: anchorStatus,
  });
  const view = new GatewayView({
    site,
    core,
    live,
    health,
    origin: identity.origin,
    version: world.version,
    startedAt: clock.now(),
    anchor: anchorStatus,
    checks: () => checksOf(checks),
    outboxDepth: () => journal.outbox.depth(),
  });
  const feed = new GatewayFeed(view);
  onCommit.push((commit) => feed.tell(commit));
  devices.seed((plan) => lastReadings(journal, ofConnection(core, plan.streams)));
  devices.start(batching.sink, fail);
  anchoring?.start(() => feed.say({ kind: 'anchored', anchor: anchorStatus() }), fail);

  const api = opening.use(
    await openFaces({
      site,
      world,
      secrets,
      view,
      feed,
      archive: new HistoryDesk(openReadOnly(site.data)),
      operator: new GatewayOperator(
        deciding,
        (input) => batching.add(input),
        () => clock.now(),
      ),
      credential: token.credential,
      ready: () => checks.report().checks['commits']?.state !== 'failed',
      metrics: () =>
        gauges.render({
          core,
          outboxDepth: journal.outbox.depth(),
          anchorAgeMs: ageOf(anchorStatus()),
          queues: { intake: batching.pending },
          lagMs: lag.takeWorst(),
          residentBytes: world.residentBytes(),
        }),
    }),
  );
  url = api.url;
  const watchdog = opening.use(watchdogOf(world, batching, lag));
  await watchdog.ready();
  const running = opening.move();
  return {
    origin: identity.origin,
    url,
    tokenFile: token.file,
    [Symbol.asyncDispose]: async () => {
      await watchdog.stopping();
      await running.disposeAsync();
    },
  };
}

/** Brings up the middle of the gateway with the rules and files of this configuration. */
function start(parts: {
  readonly site: SiteConfiguration;
  readonly journal: SqliteJournal;
  readonly identity: Identity;
  readonly ledgerKey: Secp256k1Key | null;
  readonly maySign: () => boolean;
  readonly onCommit: (commit: Committed) => void;
}): Core {
  const { site, journal, identity, ledgerKey, maySign, onCommit } = parts;
  const isNew = journal.size() === 0 && journal.tailRow() === null;
  const logSigner = loadLogKey(site.data, isNew);
  const rules = hashFiles(site.files.rules);
  const configuration = hashFiles(site.files.configuration);
  const key = noteKey(sha256, identity.origin, 'ed25519', logSigner.publicKey);
  const own = { key, sign: (message: Uint8Array) => logSigner.sign(message) };
  return startCore(journal, {
    identity,
    streams: site.connections.flatMap((c) => c.streams),
    rules: site.rules,
    zones: zonesOf(site.zones),
    clockClaim: site.evidence.clock,
    rulesHash: rules.hash,
    configHash: configuration.hash,
    files: [...rules.stored, ...configuration.stored],
    logSigner,
    noteSigners: ledgerKey === null ? [own] : [own, ledgerSigner(identity.origin, ledgerKey)],
    maySign,
    onCommit,
  });
}

/** The last commit says that we stopped; the block ends with it. */
function close({ clock }: Core, batching: Batching, blocks: Blocks): void {
  const body = [SystemCode.stop, null, null, null];
  batching.add({ records: [{ slot: EVENTS_SLOT, t: clock.now(), type: RecordType.system, body }] });
  blocks.seal();
  batching.drain();
}

function ageOf({ at }: AnchorStatus): number | null {
  return at === null ? null : Math.max(0, Date.now() - at);
}

function ofConnection(core: Core, specs: readonly { readonly id: string }[]): Core['streams'] {
  const own = new Set(specs.map((s) => s.id));
  return core.streams.filter((s) => own.has(s.id));
}
