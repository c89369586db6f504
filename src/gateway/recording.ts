import type { Sealed } from '../anchoring/sealer.ts';
import { epochDirectory, newestEpoch } from '../buffer/epochs.ts';
import { openJournal, type SqliteJournal } from '../buffer/journal.ts';
import type { SecretStore } from '../config/secret.ts';
import { RecordType, SystemCode } from '../domain/record.ts';
import { ConflictWatch } from '../intake/conflict-watch.ts';
import { DeviceHealth } from '../intake/device-health.ts';
import { ForeignTags } from '../intake/foreign-tags.ts';
import type { Committed } from '../intake/intake.ts';
import { settingsOf } from './core-settings.ts';
import type { Anchoring } from './heads/anchoring.ts';
import { Batching } from './recording/batching.ts';
import { Blocks } from './recording/blocks.ts';
import type { Cosigning } from './heads/cosigning.ts';
import { eventRecord, startCore, type Core } from './recording/core.ts';
import { Eraser } from './recording/eraser.ts';
import { Gauges } from './recording/gauges.ts';
import { continuedBy, EpochOver, placeEnding, type Continued, type Ending } from './keys/epoch-end.ts';
import { EpochDesk } from './heads/epoch-desk.ts';
import { eventOf, ledgerKeyOf } from './heads/epoch-start.ts';
import { turnIfOver } from './heads/epoch-turn.ts';
import { requireFreshKeys } from './keys/fresh-keys.ts';
import { epochOf, identify, type Identity } from './keys/identity.ts';
import { Keyring } from './keys/keyring.ts';
import { ledgerKeysOf } from './keys/ledger-key.ts';
import { loadLogKey, markedLogKey } from './keys/keys.ts';
import type { Live } from './recording/live.ts';
import { recall } from './recording/recall.ts';
import { Retention } from './recording/retention.ts';
import { Rotation } from './heads/rotation.ts';
import { RuleBook } from './recording/rule-book.ts';
import { RuleDesk } from './recording/rule-desk.ts';
import { Schedule } from './recording/schedule.ts';
import { SiteKeys } from './keys/site-keys.ts';
import { goodsRoom } from './site/goods-room.ts';
import { restoreRules } from './site/kept-rules.ts';
import type { RuleChoice } from './site/rule-choice.ts';
import { placesOf } from './site/site.ts';
import { peopleOf } from './site/users.ts';
import { keepSm2Key, withSm2Line } from './keys/sm2-line.ts';
import { Vouching } from './heads/vouching.ts';
import { keepWitnesses } from './keys/witness-list.ts';
import type { World } from './site/world.ts';

/** The inner half of a gateway: takes records, decides, stores, seals and anchors them. */
export type Recording = {
  readonly journal: SqliteJournal;
  readonly identity: Identity;
  readonly core: Core;
  readonly live: Live;
  readonly health: DeviceHealth;
  readonly gauges: Gauges;
  readonly batching: Batching;
  readonly eraser: Eraser;
  readonly rules: RuleDesk;
  /** What is recorded beside the batches, with what the journal must remember of it; durable when it returns. */
  readonly record: Blocks['record'];
  /** Tags that another site tells of, too. */
  readonly foreignTags: ForeignTags;
  /** What this epoch follows on; null for the first. */
  readonly continued: () => Continued | null;
  /** null without a ledger. */
  readonly anchoring: Anchoring | null;
  /** null without witnesses. */
  readonly cosigning: Cosigning | null;
  /** Told of each commit and each sealed block, in the order they asked. */
  onCommit(tell: (commit: Committed) => void): void;
  onSealed(tell: (sealed: Sealed) => void): void;
};

/**
 * Opens the journal and starts recording. What it opens is closed with `opening`, in reverse: the
 * last record says that we stopped, the block ends with it, and the journal is closed.
 * @param fail told when recording cannot go on
 * @throws ConfigError, StorageError
 */
export async function startRecording(
  opening: AsyncDisposableStack,
  choice: RuleChoice,
  world: World,
  secrets: SecretStore,
  fail: (error: unknown) => void,
): Promise<Recording> {
  const { site } = choice;
  const client = site.ledger === null ? null : await import('./heads/anchoring.ts');
  const goods = await goodsRoom(site);
  const { log } = world;
  let failed = false;
  const onError = (error: unknown): void => {
    failed = true;
    fail(error);
  };
  /** Nothing more is recorded, sealed or signed under this origin; the gateway opens again, on the next epoch. */
  const endEpoch = (ending: Ending): void => {
    if (failed) return;
    placeEnding(site.data, ending);
    onError(new EpochOver(identity.origin, ending));
  };
  const commits: ((commit: Committed) => void)[] = [];
  const seals: ((sealed: Sealed) => void)[] = [];

  // Opened before the journal, so that what is sealed last is still signed.
  const siteKeys = opening.use(new SiteKeys(site, secrets, (signMs) => warnOfSlow(world, signMs)));
  const journal = opening.use(openJournal(site.data, () => turnIfOver(site, goods)));
  const keyDirectory = epochDirectory(site.data, newestEpoch(site.data));
  const identity = identify(journal, site.data, site.gateway);
  requireFreshKeys(site, journal, siteKeys);
  log.info({ ...journal.facts(), origin: identity.origin }, 'journal opened');

  const ledgerKeys =
    site.ledger === null || siteKeys.ledger === null
      ? null
      : ledgerKeysOf(site.ledger, secrets, siteKeys.ledger);
  const isNew = journal.size() === 0 && journal.tailRow() === null;
  const keyring = new Keyring({
    journal,
    directory: keyDirectory,
    origin: identity.origin,
    firstLog: () =>
      siteKeys.log === null ? loadLogKey(keyDirectory, isNew) : markedLogKey(keyDirectory, siteKeys.log),
    ledgerKey: ledgerKeys === null ? null : ledgerKeyOf(site, keyDirectory, ledgerKeys.ledger),
  });
  keepSm2Key(journal, identity.origin, siteKeys.sm2);
  keepWitnesses(journal, site.witnesses);
  const continued = continuedBy(journal);
  const { origin } = identity;
  const vouching = new Vouching({ site, origin, journal, keyring, ledgerKeys, client, log, endEpoch });
  const book = new RuleBook(choice);
  book.keepStart(journal);
  const core = startCore(journal, {
    ...settingsOf(choice, identity),
    book,
    goods,
    ...(continued === null ? {} : { continues: eventOf(continued) }),
    keys: withSm2Line(keyring, identity.origin, siteKeys.sm2),
    maySign: () => vouching.maySign(),
    onCommit: (commit) => commits.forEach((tell) => tell(commit)),
  });
  const { clock, intake, deciding, found } = core;
  const live = recall(journal, deciding.alarms.list());
  commits.push(({ records }) => live.take(records));
  if (found !== null) log.info({ flags: found.flags, lost: found.lost }, 'open block recovered');
  if (core.unreadable !== null) {
    log.warn(
      { why: core.unreadable },
      'what stood is read off the records: the stored state is not understood',
    );
  }

  const gauges = new Gauges();
  const health = new DeviceHealth();
  const foreignTags = new ForeignTags();
  commits.push(({ records }) => gauges.noteRecords(records));
  const batching = new Batching({
    accept: (inputs) => blocks.accept(inputs),
    health,
    conflicts: new ConflictWatch(
      core.streams,
      placesOf(site.zones),
      (epc) => deciding.tags.boundTo(epc),
      foreignTags,
    ),
    streams: core.streams,
    commitMs: site.evidence.commitMs,
    now: () => clock.now(),
    onArrival: (arrival) => gauges.noteArrival(arrival),
    onCommitted: (seconds) => gauges.noteCommit(seconds),
    onError,
  });
  const blocks = new Blocks({
    identity,
    core,
    maxLeaves: site.evidence.maxLeaves,
    flush: () => {
      batching.flush();
      if (failed) throw new Error('recording has stopped: nothing more is sealed');
    },
    beacons: () => vouching.beacons(),
    onSealed: (sealed) => {
      log.info({ size: sealed.size, t1: sealed.t1, signed: sealed.signed }, 'block sealed');
      if (sealed.signed) vouching.headSigned();
      seals.forEach((tell) => tell(sealed));
    },
  });
  seals.push((sealed) => (live.sealed = sealed));
  opening.defer(() => {
    if (failed) return;
    health.hurryRefusals();
    batching.noteRefusals();
    const stop = eventRecord(clock.now(), RecordType.system, [SystemCode.stop, null, null, null]);
    batching.add({ records: [stop] });
    blocks.seal();
    batching.drain();
    rules.noteStop();
  });
  const rules = new RuleDesk({
    book,
    choice,
    blocks,
    journal,
    now: () => clock.now(),
    restore: () => restoreRules(choice.configured, book.notes.confirmed, world.credentials),
    restart: fail,
    nameOf: (actor) => peopleOf(site.users).get(actor) ?? `#${actor}`,
    log,
    onError,
  });

  vouching.begin(opening, {
    emptyHead: () => core.sealer.emptyHead(),
    add: batching.add.bind(batching),
    onKey: (event) => rotation.take(event),
    now: () => clock.now(),
  });
  const epochDesk = new EpochDesk({
    origin: identity.origin,
    journal,
    blocks,
    now: () => clock.now(),
    endEpoch,
    log,
  });
  const rotation = new Rotation({
    directory: site.data,
    keyDirectory,
    keyring,
    blocks,
    size: () => journal.size(),
    now: () => clock.now(),
    ledgered: site.ledger !== null,
    keptElsewhere: siteKeys.log !== null || site.keys.token !== null,
    onEpoch: (request) => epochDesk.serve(request),
    log,
  });
  const eraser = opening.use(
    new Eraser({
      journal,
      blocks,
      epoch: epochOf(identity.origin),
      openBlock: () => intake.open.no,
      now: () => clock.now(),
      isFixed: (size) => vouching.isFixed(size),
      log,
      onError,
    }),
  );
  commits.push(({ records }) => eraser.noteCommit(records));
  const keepMs = site.evidence.keepReadingsMs;
  const retention = new Retention({ journal, eraser, keepMs, now: () => clock.now(), log });
  const onLook = (): void => {
    batching.noteRefusals();
    retention.look();
    rules.look();
    rotation.look();
    if (vouching.maySign() && core.sealer.signHead()) vouching.headSigned();
  };
  const schedule = opening.use(
    new Schedule({ ...site.evidence, clock, intake, deciding, blocks, onLook, onError }),
  );
  commits.push((commit) => schedule.noteCommit(commit));
  return {
    journal,
    identity,
    core,
    live,
    health,
    gauges,
    batching,
    eraser,
    rules,
    record: blocks.record.bind(blocks),
    foreignTags,
    anchoring: vouching.anchoring,
    cosigning: vouching.cosigning,
    continued: () => continuedBy(journal),
    onCommit: (tell) => commits.push(tell),
    onSealed: (tell) => seals.push(tell),
  };
}

function warnOfSlow({ log }: World, signMs: number): void {
  const message =
    'the token is slow to sign: no reading is taken meanwhile; lengthen evidence.commit or use a key file';
  log.warn({ signMs: Math.round(signMs * 10) / 10 }, message);
}
