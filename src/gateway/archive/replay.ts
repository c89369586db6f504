import type { SqliteArchive } from '../../buffer/archive.ts';
import type { ConfigFile } from '../../config/configuration.ts';
import type { TailLeaf, TailRow } from '../../domain/commit.ts';
import { StorageError } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type LogRecord, type Value } from '../../domain/record.ts';
import { decodeBlock } from '../../evidence/block.ts';
import { encode } from '../../evidence/cbor.ts';
import { bytesEqual, toHex } from '../../evidence/encodings.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import { decodeTailHead } from '../../evidence/tail.ts';
import type { Deciding } from '../../intake/deciding.ts';
import { Rerun } from '../../intake/rerun.ts';
import type { Progress } from './audit.ts';
import type { ActRef } from '../recording/erasure-order.ts';
import { BackTest, type AlarmCounts } from './back-test.ts';
import { sha256 } from '../site/primitives.ts';
import { recordsOf, recordsOfSegment } from '../recording/record-walk.ts';
import { isRebuilt } from '../recording/rebuilt.ts';
import { isDecided } from '../recording/replayed.ts';
import { Starts, type Unstartable } from './replay-start.ts';

export type ReplayArgs = {
  /** Blocks from ≤ no ≤ to; `to` null goes on to the end, with what is not sealed yet. */
  readonly from: number;
  readonly to: number | null;
  /** Other rule files: then nothing is compared, and the alarms of both are counted. */
  readonly rules: readonly ConfigFile[] | null;
};

/** One decided record, as the journal has it or as replay gives it. */
export type Decision = {
  readonly t: number;
  readonly type: number;
  readonly body: readonly Value[];
};

/** Where replay and journal part, in block `block` (the unsealed one has the number it will get). */
export type Difference = { readonly block: number; readonly seq: number | null } & (
  | { readonly kind: 'output'; readonly expected: Decision | null; readonly found: Decision | null }
  | { readonly kind: 'state'; readonly expected: string; readonly found: string }
  | Unstartable
);

export type ReplayReport = {
  /** First block replayed, from event 7 on, and how many with the unsealed one; null for none. */
  readonly first: number | null;
  readonly blocks: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Event 7 records passed: starts and changes of rules. */
  readonly starts: number;
  readonly difference: Difference | null;
  /** Blocks left out because readings of theirs were erased, and by which acts of slot 0. */
  readonly erased: { readonly blocks: number; readonly acts: readonly ActRef[] };
  /** With other rules: how often each alarm rose, recorded and replayed. */
  readonly alarms: readonly AlarmCounts[];
};

/**
 * Decides anew what a journal decided and compares (evidence section 5): the outputs of each block,
 * in order, and the state at each event 7. Memory holds one block. @throws StorageError, CborError
 */
export async function replay(
  archive: SqliteArchive,
  args: ReplayArgs,
  progress: (value: Progress) => void,
): Promise<ReplayReport> {
  const run = new Replay(archive, args.rules);
  const first = firstBlock(archive, args.from);
  let no = first;
  for (;;) {
    const size = archive.size();
    const end = Math.min(size, (args.to ?? size) + 1);
    for (; no < end && !run.isOver; no += 1) {
      const acts = archive.erasingActs(no);
      if (acts.length > 0) {
        run.skip(acts);
        continue;
      }
      const stored = archive.block(no);
      if (stored === null) throw new StorageError('CORRUPT', `block ${no} is missing`);
      await run.block(no, decodeBlock(stored.block).t0, recordsOf(archive, no));
      if (no % 20 === 19) progress({ done: no + 1, of: end });
    }
    if (run.isOver || (args.to !== null && args.to < no)) return run.report();
    const { row, leaves } = openEnd(archive);
    if (row === null) return run.report();
    // Sealed meanwhile: then its records are those of a block.
    if (row.no !== no) continue;
    await run.block(no, decodeTailHead(row.head).t0, leaves.values().map(recordOf));
    return run.report();
  }
}

/**
 * What is not sealed yet, as of one moment: a gateway that goes on may seal it while it is replayed,
 * and a walk that began before would then end early and compare too little.
 */
function openEnd(archive: SqliteArchive): {
  readonly row: TailRow | null;
  readonly leaves: readonly TailLeaf[];
} {
  return archive.atOneMoment(() => ({ row: archive.tailRow(), leaves: [...archive.tailLeaves()] }));
}

/** The last block up to `from` that holds event 7, so that `from` itself is replayed; else `from`. */
function firstBlock(archive: SqliteArchive, from: number): number {
  const size = archive.size();
  if (from >= size) {
    const { row, leaves } = openEnd(archive);
    if (row?.no === size && leaves.some((leaf) => isStart(recordOf(leaf)))) return size;
  }
  for (let no = Math.min(from, size - 1); no >= 0; no -= 1) {
    const events = archive.segment(no, EVENTS_SLOT);
    if (events !== null && recordsOfSegment(EVENTS_SLOT, events).some(isStart)) return no;
  }
  return Math.min(from, size);
}

function isStart({ type }: LogRecord): boolean {
  return type === RecordType.ruleSet;
}

class Replay {
  readonly #starts: Starts;
  readonly #backTest: BackTest | null;
  #deciding: Deciding | null = null;
  #rerun: Rerun | null = null;
  #files = '';
  #difference: Difference | null = null;
  /** Whether the last start went on from a state of today's form. */
  #isOfThisForm = false;
  /** A difference at the start that was just passed. */
  #suspect: Difference | null = null;
  #first: number | null = null;
  #erased = 0;
  readonly #acts = new Map<string, ActRef>();
  #counts = { blocks: 0, inputs: 0, outputs: 0, starts: 0 };

  constructor(archive: SqliteArchive, rules: readonly ConfigFile[] | null) {
    this.#starts = new Starts(archive, rules);
    this.#backTest = rules === null ? null : new BackTest();
  }

  get isOver(): boolean {
    return this.#difference !== null;
  }

  report(): ReplayReport {
    const alarms = this.#backTest?.counts() ?? [];
    const erased = { blocks: this.#erased, acts: [...this.#acts.values()] };
    return { first: this.#first, ...this.#counts, difference: this.#difference, erased, alarms };
  }

  /** Readings of a block are gone: what followed from them cannot be decided anew before the next event 7. */
  skip(acts: readonly ActRef[]): void {
    this.#deciding = null;
    this.#erased += 1;
    for (const act of acts) this.#acts.set(`${act.block}/${act.seq}`, act);
  }

  /** Outputs stand where their time and slot put them, before or after their cause: both lists are compared. */
  async block(no: number, t0: number, records: Iterable<LogRecord>): Promise<void> {
    const recorded: LogRecord[] = [];
    const decided: Decision[] = [];
    let isEmpty = true;
    for (const record of records) {
      isEmpty = false;
      if (isDecided(record)) {
        if (this.#deciding !== null) recorded.push(record);
      } else {
        if (isStart(record)) await this.#start(no, record);
        else this.#suspectBefore(record);
        if (this.isOver) return;
        if (this.#deciding === null) continue;
        decided.push(...(this.#rerun?.take(record, t0) ?? []));
        this.#deciding.commit();
        this.#counts.inputs += 1;
      }
      this.#compare(no, recorded, decided);
      if (this.isOver) return;
    }
    this.#difference = this.#suspect;
    if (this.isOver) return;
    // The unsealed block of a gateway that stopped cleanly has nothing in it.
    if (this.#deciding === null || isEmpty) return;
    this.#first ??= no;
    this.#counts.blocks += 1;
    const [expected, found] = [recorded[0] ?? null, decided[0] ?? null];
    if (expected !== null || found !== null) this.#differ(no, expected, found);
  }

  async #start(no: number, record: LogRecord): Promise<void> {
    const before = this.#deciding?.encode();
    const started = await this.#starts.at(record, this.#backTest === null ? undefined : (before ?? null));
    const at = { block: no, seq: record.seq };
    if (!started.ok) {
      this.#difference = { ...at, ...started.why };
      return;
    }
    this.#counts.starts += 1;
    const { files, state, deciding } = started;
    // With other rules or streams the state before is read as far as it still means something; what an earlier
    // build went on from said less than this one knows.
    const isComparable = state !== null && this.#isOfThisForm;
    this.#isOfThisForm = state !== null;
    if (this.#backTest === null && before !== undefined && isComparable && files === this.#files) {
      const found = toHex(sha256(encode(before)));
      if (found !== state) this.#suspect = { ...at, kind: 'state', expected: state, found };
    }
    this.#files = files;
    this.#deciding = deciding;
    this.#rerun = new Rerun(deciding, record.seq);
  }

  /** A state that is another than ours is none of our business where its start says, right after it, why that is so. */
  #suspectBefore(record: LogRecord): void {
    if (this.#suspect === null || record.type === RecordType.system) return;
    if (!isRebuilt(record)) this.#difference = this.#suspect;
    this.#suspect = null;
  }

  #compare(no: number, recorded: LogRecord[], decided: Decision[]): void {
    if (this.#backTest !== null) {
      this.#backTest.take(recorded.splice(0), decided.splice(0));
      return;
    }
    const both = Math.min(recorded.length, decided.length);
    for (let i = 0; i < both; i += 1) {
      const [expected, found] = [recorded[i], decided[i]];
      if (expected !== undefined && found !== undefined && !isSame(expected, found)) {
        this.#differ(no, expected, found);
        return;
      }
    }
    this.#counts.outputs += both;
    recorded.splice(0, both);
    decided.splice(0, both);
  }

  #differ(block: number, expected: LogRecord | null, found: Decision | null): void {
    const seq = expected?.seq ?? null;
    const shown = (d: Decision | null): Decision | null => d && { t: d.t, type: d.type, body: d.body };
    this.#difference = { block, seq, kind: 'output', expected: shown(expected), found: shown(found) };
  }
}

function isSame(a: Decision, b: Decision): boolean {
  return a.t === b.t && a.type === b.type && bytesEqual(encode(a.body), encode(b.body));
}
