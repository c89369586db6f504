import { dirname, join } from 'node:path';
import { COMMAND } from '../api/roles.ts';
import type { AnchorStatus } from '../api/types.ts';
import { makeReadable } from '../buffer/journal.ts';
import { PictureStore } from '../buffer/picture-store.ts';
import { SecretStore } from '../config/secret.ts';
import { LagMeter } from '../ops/lag.ts';
import { healthOf } from './checks.ts';
import { DeviceRunner } from './recording/device-runner.ts';
import { acrossEpochs } from './archive/across-epochs.ts';
import { BundleDesk } from './archive/bundle-desk.ts';
import { checksOf, openFaces, watchdogOf } from './site/faces.ts';
import { openLending } from './lending/lending.ts';
import { openGating } from './gating/gating.ts';
import { GatewayFeed } from './showing/feed.ts';
import { openGoodsDesk } from './showing/goods-opening.ts';
import { HistoryDesk } from './archive/history-desk.ts';
import { IncidentDesk } from './archive/incident-desk.ts';
import { Turns } from './archive/turns.ts';
import { LastPictures } from './showing/last-pictures.ts';
import { lastReadings } from './showing/last-readings.ts';
import { startNotifying } from './telling/notifying.ts';
import { PushDesk } from './telling/push-desk.ts';
import { GatewayOperator } from './site/operator.ts';
import { loadOperatorToken } from './site/operator-token.ts';
import { startRecording } from './recording.ts';
import { chooseRules } from './site/rule-choice.ts';
import type { SiteConfiguration } from './site/site.ts';
import { TlogTiles } from './heads/tlog.ts';
import { peopleOf, userCredentials } from './site/users.ts';
import { GatewayTags } from './showing/tag-desk.ts';
import { openReceipts } from './receipts/receipts.ts';
import { GatewayView } from './showing/view.ts';
import type { World } from './site/world.ts';

const NO_LEDGER: Omit<AnchorStatus, 'witnesses'> = {
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
export async function openGateway(configured: SiteConfiguration, world: World): Promise<Gateway> {
  await using opening = new AsyncDisposableStack();
  const { log } = world;
  makeReadable(configured.data);
  const choice = await chooseRules(configured, world.credentials);
  const { site } = choice;
  const secrets = new SecretStore(dirname(site.file), world.credentials);
  const over = new AbortController();
  const fail = (error: unknown): void => {
    if (over.signal.aborted) return;
    over.abort(error);
    world.onFatal(error);
  };

  const recording = await startRecording(opening, choice, world, secrets, fail);
  const { journal, identity, core, live, health, gauges, batching, anchoring, cosigning } = recording;
  const { clock, deciding } = core;
  const add = batching.add.bind(batching);

  const pictures = opening.use(
    new PictureStore(site.data, site.evidence.pictures, {
      dropped: (count) =>
        log.info({ count }, 'the oldest pictures went: evidence.pictures-mb or keep-pictures'),
      failed: (error) => log.warn({ err: error }, 'old pictures cannot be removed'),
    }),
  );
  const devices = opening.use(
    new DeviceRunner(site.connections, {
      now: () => clock.now(),
      log: (level, message, fields) => log[level](fields ?? {}, message),
      secret: (reference) => Promise.resolve(secrets.read(reference).reveal()),
      keep: (bytes) => pictures.keep(bytes),
    }),
  );
  let url = '';
  const pushing = new PushDesk({ site, secrets, add, now: () => clock.now(), over: over.signal });
  const { timeZone } = world;
  const notifying = opening.use(
    startNotifying({
      site,
      secrets,
      core,
      live,
      rules: () => recording.rules.state(),
      journal,
      devices,
      add,
      over: over.signal,
      onError: fail,
      timeZone,
      browsers: pushing.browsers,
      url: () => url,
    }),
  );
  recording.onCommit((commit) => notifying.noteCommit(commit));

  const anchor = (): AnchorStatus => ({
    ...(anchoring?.status() ?? NO_LEDGER),
    witnesses: cosigning?.status() ?? null,
  });
  const checks = healthOf({
    batching,
    core,
    devices: health,
    deviceIds: () => view.devices().map((d) => d.id),
    notifying,
    anchor,
    continued: recording.continued,
    rules: () => recording.rules.state(),
  });
  const people = peopleOf(site.users);
  const view = new GatewayView({
    site,
    core,
    live,
    health,
    origin: identity.origin,
    version: world.version,
    startedAt: clock.now(),
    anchor,
    checks: () => checksOf(checks),
    outboxDepth: () => journal.outbox.depth(),
    people,
  });
  const feed = new GatewayFeed(view);
  recording.onCommit((commit) => feed.tell(commit));
  const seen = {
    tags: new GatewayTags({
      bindings: deciding.tags,
      add,
      now: () => clock.now(),
      over: over.signal,
      people,
    }),
    pictures: LastPictures.of(site, journal),
  };
  recording.onCommit(({ records }) => seen.pictures.take(records));
  recording.onSealed(() => feed.say({ kind: 'sealed', journal: view.journalStatus() }));

  const receipts = opening.use(
    await openReceipts({
      ...recording,
      site,
      secrets,
      world,
      origin: identity.origin,
      over: over.signal,
      anchor,
      onError: fail,
    }),
  );
  const lending = opening.use(
    await openLending({
      ...recording,
      secrets,
      log,
      site,
      devices,
      people,
      anchor,
      receipts,
      origin: identity.origin,
      onError: fail,
    }),
  );
  devices.seed((plan) => {
    const own = new Set<string>(plan.streams.map((s) => s.id));
    const streams = core.streams.filter((s) => own.has(s.id));
    return lastReadings(journal, streams);
  });
  const { signal } = over;
  const gating = await openGating(opening, {
    ...recording,
    site,
    secrets,
    devices,
    over: signal,
    log,
    onError: fail,
  });
  recording.onCommit(() => gating.poke());
  devices.start(batching.sink, fail);
  gating.start();
  const onAnchor = (): void => feed.say({ kind: 'anchored', anchor: anchor() });
  anchoring?.start(onAnchor, fail);
  cosigning?.start(onAnchor, fail);

  const epcis =
    site.epcis === null
      ? null
      : await (
          await import('./epcis.ts')
        ).openEpcis({ site, recording, secrets, log, add, over: over.signal });
  if (epcis !== null) opening.use(epcis);
  if (epcis?.check) checks.add('repository', epcis.check);
  const lag = opening.use(new LagMeter());
  const token = loadOperatorToken(site.data);
  const users = userCredentials(site.users, secrets);
  const past = acrossEpochs(site.data);
  const turns = new Turns();
  const api = opening.use(
    await openFaces({
      site,
      world,
      secrets,
      view,
      feed,
      archive: new HistoryDesk(past, people, (alarm) => view.alarm(alarm)?.zone?.id ?? null, turns),
      pushing,
      incidents: new IncidentDesk({
        past,
        turns,
        users: people,
        site,
        titleOf: (alarm) => view.alarm(alarm)?.title ?? null,
        now: () => clock.now(),
      }),
      erasing: recording.eraser,
      rules: recording.rules,
      answering: notifying.answers,
      tlog: new TlogTiles(journal),
      bundles: new BundleDesk(past, join(site.data, 'spool')),
      seen,
      operator: new GatewayOperator(
        deciding,
        add,
        () => clock.now(),
        over.signal,
        site.users.filter(({ role }) => COMMAND.roles.includes(role)).length,
      ),
      credentials: [token.credential, ...users],
      granting: lending.granting,
      counting: lending.counting,
      standings: lending.standings,
      receipts,
      epcis,
      keeping: await openGoodsDesk(opening, {
        deciding,
        site,
        past,
        log,
        add,
        now: () => clock.now(),
        sealedUntil: () => live.sealed?.t1 ?? 0,
        over: over.signal,
      }),
      orders: gating.orders,
      ready: () => checks.report().checks['commits']?.state !== 'failed',
      metrics: () =>
        gauges.render({
          core,
          outboxDepth: journal.outbox.depth(),
          anchoredAt: anchor().at,
          witnesses: anchor().witnesses,
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
