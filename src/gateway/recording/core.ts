import { randomBytes } from 'node:crypto';
import { EvidenceClock } from '../../domain/clock.ts';
import type { StoredFile, StreamRow } from '../../domain/commit.ts';
import {
  EVENTS_SLOT,
  RecordType,
  SystemCode,
  type Value,
  type RuleSetBody,
  type StreamBody,
  type SystemBody,
} from '../../domain/record.ts';
import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { Sealer, type NextBlock } from '../../anchoring/sealer.ts';
import type { LogKeys } from '../../anchoring/signer.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { BlockFlag, type BlockClock } from '../../evidence/block.ts';
import { encode } from '../../evidence/cbor.ts';
import { rootAt } from '../../evidence/log-tree.ts';
import { OpenBlock, type StreamInBlock } from '../../evidence/open-block.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { InputRecord } from '../../intake/input.ts';
import { Intake, type Committed, type Enclosed } from '../../intake/intake.ts';
import { firstEvent, Rerun } from '../../intake/rerun.ts';
import type { Guarded } from '../../rules/interlocks.ts';
import { bindRules } from '../../rules/rule-set.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Zones } from '../../rules/site.ts';
import type { GoodsRoom } from '../site/goods-room.ts';
import { sha256, sha256Into, verifyEd25519 } from '../site/primitives.ts';
import { readOrRebuild, rebuiltAct } from './rebuilt.ts';
import { isDecided } from './replayed.ts';
import { findOpenBlock, nodesOf, type Found } from './recovery.ts';
import { assignSlots, planStreams } from '../site/stream-table.ts';

/** What a start needs to know of the configuration. */
export type CoreSettings = {
  readonly identity: { readonly gw: Uint8Array; readonly origin: string };
  readonly streams: readonly StreamSpec[];
  readonly rules: readonly Rule[];
  readonly zones: Zones;
  /** What interlocks go by. */
  readonly guarded?: Guarded;
  /** null where no goods are configured. */
  readonly goods?: GoodsRoom | null;
  readonly clockClaim: Pick<BlockClock, 'src' | 'err'>;
  /** H of the CBOR list of [name, H(file)] of rule files and of configuration, and the files. */
  readonly rulesHash: Uint8Array;
  readonly configHash: Uint8Array;
  readonly files: readonly StoredFile[];
  /** What is to be known of these rules; it goes with the first commit, and moves with the clock. */
  readonly book?: {
    begin(t: number): { readonly records: readonly InputRecord[]; readonly meta: Enclosed['meta'] };
    shift(a: number): Enclosed['meta'];
  };
  readonly keys: LogKeys;
  /** The epoch before this one, where there was one: its end is told, and time goes on from there. */
  readonly continues?: { readonly event: SystemBody; readonly notBefore: number };
  readonly maySign: () => boolean;
  readonly onCommit: (commit: Committed) => void;
};

/** The gateway's middle: journal, time, deciding and intake, ready to take records. */
export type Core = {
  readonly settings: CoreSettings;
  readonly clock: EvidenceClock;
  readonly streams: readonly OpenStream[];
  readonly deciding: Deciding;
  readonly intake: Intake;
  readonly sealer: Sealer;
  /** 8 random bytes of this boot. */
  readonly boot: Uint8Array;
  /** What the start found: null for a new journal. */
  readonly found: Found | null;
  /** Why deciding did not go on from its stored state; null: it did. */
  readonly unreadable: string | null;
};

/**
 * Starts on a journal: recomputes and seals what the last process left, brings deciding to where it
 * was, opens the first block of this boot and journals its start.
 * @throws StorageError
 */
export function startCore(journal: SqliteJournal, settings: CoreSettings): Core {
  const { identity, keys } = settings;
  const found = findOpenBlock({
    sha256,
    verifyEd25519,
    randomKey,
    identity,
    logKey: keys.tailSigner(journal.size()).publicKey,
    store: journal,
  });
  const streams = assignSlots(settings.streams, journal.streams());
  const set = bindRules(settings.rules, streams, settings.zones, settings.guarded);
  const goods = settings.goods?.(streams, (hash) => journal.file(hash)) ?? null;
  const { deciding, unreadable } = readOrRebuild(set, journal, goods);
  if (found !== null) goOn(deciding, found);
  const sealer = new Sealer({
    sha256,
    origin: identity.origin,
    store: journal,
    keys,
    maySign: settings.maySign,
  });

  const notBefore = found?.t1 ?? settings.continues?.notBefore ?? 0;
  const clock = new EvidenceClock(notBefore);
  const boot = randomBytes(8);
  const next: NextBlock = {
    t0: Math.max(clock.now(), notBefore),
    flags: BlockFlag.restart,
    clock: { ...settings.clockClaim, boot, offset: clock.offset },
  };
  const sign = (message: Uint8Array, no: number): Uint8Array => keys.tailSigner(no).sign(message);
  const intakeIn = (open: OpenBlock, now: () => number, maxGapMs: (slot: number) => number): Intake => {
    const { onCommit } = settings;
    return new Intake({ sha256, store: journal, sign, now, deciding, maxGapMs, onCommit }, open, open.t0);
  };
  if (found !== null && found.owedStep !== null) {
    const { open, owedStep } = found;
    recordStep(
      intakeIn(
        open,
        () => open.t0,
        () => 0,
      ),
      owedStep,
      settings.book,
    );
  }
  const carried = found === null ? [] : sealFound(sealer, found, deciding, next);
  const no = journal.size();
  const table = planStreams(identity.gw, no, streams, carried, journal.streams());
  const open = openBlock(identity, no, rootAt(sha256, no, nodesOf(journal)), table.inBlock, next);
  const maxGaps = table.inBlock.map((s) => s.maxGapMs);
  const intake = intakeIn(
    open,
    () => clock.now(),
    (slot) => maxGaps[slot] ?? 0,
  );
  const { events, rows } = table;
  journalStart(intake, { settings, deciding, events, rows, found, unreadable });
  return { settings, clock, streams, deciding, intake, sealer, boot, found, unreadable };
}

export function randomKey(): Uint8Array {
  return randomBytes(32);
}

/** Brings deciding from the snapshot at the block's begin to its end: the hot path's own functions. */
function goOn(deciding: Deciding, found: Found): void {
  const records = found.leaves.map(recordOf);
  const rerun = new Rerun(deciding, firstEvent(records));
  for (const record of records) if (!isDecided(record)) rerun.take(record, found.open.t0);
  deciding.commit();
}

function sealFound(
  sealer: Sealer,
  found: Found,
  deciding: Deciding,
  next: NextBlock,
): readonly StreamInBlock[] {
  const { open, t1, flags } = found;
  return sealer.seal(open, { t1, flags, beacons: [], snapshot: encode(deciding.encode()), next }).streams;
}

/** The first commit of a boot: streams and rule set before the start itself, which fires timers. */
function journalStart(
  intake: Intake,
  start: {
    settings: CoreSettings;
    deciding: Deciding;
    events: readonly StreamBody[];
    rows: readonly StreamRow[];
    found: Found | null;
    unreadable: string | null;
  },
): void {
  const { settings, deciding, found } = start;
  const t = intake.blockStart;
  const streams = start.events.map((body) => eventRecord(t, RecordType.stream, body));
  // Event 7 names the state right before it: that is after the streams.
  streams.forEach((s, i) => deciding.judge({ ...s, seq: intake.open.seqOf(EVENTS_SLOT) + i }));
  const rules = ruleSetRecord(settings, deciding, t);
  deciding.discard();
  const { continues } = settings;
  const records = [
    ...streams,
    ...(found === null && continues !== undefined
      ? [eventRecord(t, RecordType.system, continues.event)]
      : []),
    rules.record,
    eventRecord(t, RecordType.system, [SystemCode.start, null, null, null]),
  ];
  if (start.unreadable !== null) {
    records.push(eventRecord(t, RecordType.act, rebuiltAct(start.unreadable)));
  }
  if (found !== null && (found.flags & BlockFlag.tailBroken) !== 0) {
    records.push(eventRecord(t, RecordType.system, [SystemCode.tailBroken, found.lost, null, null]));
  }
  const noted = settings.book?.begin(t);
  records.push(...(noted?.records ?? []));
  const files = [...settings.files, rules.state];
  intake.accept([{ records }], { files, streams: start.rows, meta: noted?.meta });
}

/** The first record of a block that begins with a clock step; what waits in the outbox moves along. */
export function recordStep(intake: Intake, a: number, book?: CoreSettings['book']): void {
  const body: SystemBody = [SystemCode.clockStepped, a, null, null];
  const record = eventRecord(intake.blockStart, RecordType.system, body);
  intake.accept([{ records: [record] }], { outboxShift: a, meta: book?.shift(a) });
}

/** Event 7 and the snapshot it names: the state of deciding right before it. */
export function ruleSetRecord(
  { rulesHash, configHash }: Pick<CoreSettings, 'rulesHash' | 'configHash'>,
  deciding: Deciding,
  t: number,
): { record: InputRecord; state: StoredFile } {
  const bytes = encode(deciding.encode());
  const state = { sha256: sha256(bytes), bytes };
  const body: RuleSetBody = [rulesHash, configHash, state.sha256];
  return { record: eventRecord(t, RecordType.ruleSet, body), state };
}

export function eventRecord(t: number, type: RecordType, body: readonly Value[]): InputRecord {
  return { slot: EVENTS_SLOT, t, type, body };
}

/** An open block with nothing in it. */
export function openBlock(
  identity: CoreSettings['identity'],
  no: number,
  root: Uint8Array,
  streams: readonly StreamInBlock[],
  next: NextBlock,
): OpenBlock {
  return new OpenBlock(sha256, identity, randomKey, { no, root, streams, ...next }, sha256Into);
}
