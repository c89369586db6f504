import { dirname } from 'node:path';
import { GroupCommit } from '../buffer/group-commit.ts';
import { openJournal } from '../buffer/journal.ts';
import { SecretStore } from '../config/secret.ts';
import type { Arrival } from '../domain/device.ts';
import { EVENTS_SLOT, RecordType, SystemCode } from '../domain/record.ts';
import { noteKey } from '../evidence/note-key.ts';
import { DeviceHealth } from '../intake/device-health.ts';
import type { Input } from '../intake/input.ts';
import type { Committed } from '../intake/intake.ts';
import { receive } from '../intake/receive.ts';
import { Blocks } from './blocks.ts';
import { randomKey, startCore } from './core.ts';
import { DeviceRunner } from './device-runner.ts';
import { identify } from './identity.ts';
import { loadLogKey } from './keys.ts';
import { lastReadings } from './last-readings.ts';
import { Live } from './live.ts';
import { startNotifying } from './notifying.ts';
import { sha256 } from './primitives.ts';
import { Schedule } from './schedule.ts';
import { hashFiles, zonesOf, type SiteConfiguration } from './site.ts';
import type { World } from './world.ts';

/** A running gateway; disposing it stops everything in reverse order and seals what is there. */
export type Gateway = AsyncDisposable & { readonly origin: string };

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
  const isNew = journal.size() === 0 && journal.tailRow() === null;
  const identity = identify(journal, site.gateway);
  const logSigner = loadLogKey(site.data, isNew);
  log.info({ ...journal.facts(), origin: identity.origin }, 'journal opened');

  let failed = false;
  const fail = (error: unknown): void => {
    if (failed) return;
    failed = true;
    world.onFatal(error);
  };

  const live = new Live();
  const onCommit: ((commit: Committed) => void)[] = [({ records }) => live.take(records)];
  const rules = hashFiles(site.files.rules);
  const configuration = hashFiles(site.files.configuration);
  const core = startCore(journal, {
    identity,
    streams: site.connections.flatMap((c) => c.streams),
    rules: site.rules,
    zones: zonesOf(site.zones),
    clockClaim: site.evidence.clock,
    rulesHash: rules.hash,
    configHash: configuration.hash,
    files: [...rules.stored, ...configuration.stored],
    logSigner,
    noteSigners: [
      {
        key: noteKey(sha256, identity.origin, 'ed25519', logSigner.publicKey),
        sign: (message) => logSigner.sign(message),
      },
    ],
    maySign: () => true,
    onCommit: (commit) => onCommit.forEach((tell) => tell(commit)),
  });
  const { clock, intake, deciding } = core;
  if (core.found !== null) log.info({ flags: core.found.flags, lost: core.found.lost }, 'tail recovered');

  const batching = new GroupCommit<Input>({
    flush: (inputs) => intake.accept(inputs),
    onError: fail,
    maxDelayMs: site.evidence.commitMs,
  });
  const blocks = new Blocks({
    sha256,
    randomKey,
    identity,
    clock,
    sealer: core.sealer,
    intake,
    deciding,
    clockClaim: site.evidence.clock,
    boot: core.boot,
    flush: () => batching.flush(),
    onSealed: ({ size, t1, signed }) => log.info({ size, t1, signed }, 'block sealed'),
  });
  opening.defer(() => {
    if (failed) return;
    const body = [SystemCode.stop, null, null, null];
    const record = { slot: EVENTS_SLOT, t: clock.now(), type: RecordType.system, body };
    batching.add({ records: [record] }, true);
    blocks.seal();
    batching.drain();
  });

  const health = new DeviceHealth();
  const room = { streams: new Map(core.streams.map((s) => [s.id, s])), health };
  const urgent = new Set(
    core.streams
      .filter((s) => s.urgent)
      .map((s) => s.slot)
      .concat(EVENTS_SLOT),
  );
  const add = (input: Input): void => {
    batching.add(
      input,
      input.records.some((r) => urgent.has(r.slot)),
    );
  };
  const sink = (arrival: Arrival): void => add(receive(room, arrival, clock.now()));

  const devices = opening.use(
    new DeviceRunner(site.connections, {
      now: () => clock.now(),
      log: (level, message, fields) => log[level](fields ?? {}, message),
      secret: (reference) => Promise.resolve(secrets.read(reference).reveal()),
    }),
  );
  const notifying = opening.use(
    startNotifying({
      site,
      secrets,
      core,
      live,
      journal,
      devices,
      add,
      onError: fail,
      timeZone: world.timeZone,
      url: () => '',
    }),
  );
  onCommit.push(({ outbox }) => {
    if (outbox.length > 0) notifying.wake();
  });
  const schedule = opening.use(
    new Schedule({
      clock,
      intake,
      deciding,
      blocks,
      blockMs: site.evidence.blockMs,
      maxLeaves: site.evidence.maxLeaves,
      onError: fail,
    }),
  );
  onCommit.push((commit) => schedule.noteCommit(commit));
  devices.seed((plan) => {
    const own = new Set<string>(plan.streams.map((s) => s.id));
    return lastReadings(
      journal,
      core.streams.filter((s) => own.has(s.id)),
    );
  });
  devices.start(sink, fail);
  const running = opening.move();
  return { origin: identity.origin, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
