import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { CosignedHeads } from '../../anchoring/witness/cosigned-heads.ts';
import { httpWitness, shownHead } from '../../anchoring/witness/http-witness.ts';
import { Witnessing, type WitnessAlarm } from '../../anchoring/witness/witnessing.ts';
import type { WitnessesStatus } from '../../api/types.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { WitnessesSettings } from '../../config/configuration.ts';
import { RecordType, StatementKind } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Beacon } from '../../evidence/block.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { checkFraud, findFraud, formatFraud, type FraudKey } from '../../evidence/fraud.ts';
import { consistencyProof } from '../../evidence/log-tree.ts';
import type { Input } from '../../intake/input.ts';
import { eventRecord } from '../recording/core.ts';
import { keepFraud } from './fraud-files.ts';
import { sha256, verifyEd25519 } from '../site/primitives.ts';
import { nodesOf } from '../recording/recovery.ts';
import { witnessesOf } from '../keys/witness-list.ts';

/** A witness that takes longer is asked again later, ms. */
const TIMEOUT_MS = 10_000;

export type CosigningParts = {
  readonly settings: WitnessesSettings;
  /** Data directory, for fraud files. */
  readonly directory: string;
  readonly origin: string;
  readonly journal: SqliteJournal;
  /** The signed head of size 0. */
  readonly emptyHead: () => string;
  /** Keys that sign our heads, to know our own signature when a witness shows it. */
  readonly ownKeys: () => readonly FraudKey[];
  readonly log: Logger;
  /** Takes what witnesses said as records. */
  readonly add: (input: Input) => void;
  /** k owners hold a larger head of our log than was signed here: it must never grow again. */
  readonly onRollback: (size: number) => void;
  /** A head may be anchored: k owners have cosigned it. */
  readonly onQuorum: () => void;
  /** Evidence time, ms. */
  readonly now: () => number;
};

/** Has signed heads cosigned by the witnesses of the configuration; delays nothing. */
export class Cosigning implements AsyncDisposable {
  readonly #witnessing: Witnessing;
  readonly #heads: CosignedHeads;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #changed: () => void = () => undefined;

  constructor(parts: CosigningParts) {
    const { settings, origin, journal, log } = parts;
    const node = nodesOf(journal);
    const named = witnessesOf(settings);
    this.#heads = new CosignedHeads(journal, named, settings.quorum, sha256);
    this.#witnessing = new Witnessing({
      witnesses: named.map(({ key, owner }, i) => {
        const url = settings.list[i]?.url ?? '';
        const address = { url, key, timeoutMs: TIMEOUT_MS, sha256, verifyEd25519 };
        return { key, owner, ask: httpWitness(address), head: shownHead(address, origin) };
      }),
      quorum: settings.quorum,
      heads: this.#heads,
      log: {
        newest: () => journal.latestNote(),
        emptyHead: parts.emptyHead,
        consistency: (oldSize, newSize) => consistencyProof(sha256, oldSize, newSize, node),
      },
      onQuorum: (size) => {
        log.info({ size, quorum: settings.quorum }, 'head cosigned');
        parts.onQuorum();
      },
      onAlarm: (alarm) => {
        tell(log, alarm);
        const input = inputOf(alarm, parts.now());
        if (input !== null) parts.add(input);
        if (alarm.kind === 'rollback') parts.onRollback(alarm.size);
        this.#changed();
      },
      onContradiction: (theirs, ours, proof) => keepContradiction(parts, theirs, ours, proof),
      onChange: () => this.#changed(),
      random: Math.random,
      sleep: rest,
    });
  }

  /** @param onError told when a witness holds another history of our log, or the store failed */
  start(onChange: () => void, onError: (error: unknown) => void): void {
    this.#changed = onChange;
    this.#running = this.#witnessing.run(this.#stop.signal).catch(onError);
  }

  /** A new head was signed. */
  signed(): void {
    this.#witnessing.signed();
  }

  /** False until so many witnesses answered that none of a quorum can be left out, and after a rollback. */
  maySign(): boolean {
    return this.#witnessing.maySign();
  }

  /** The newest head that bears cosignatures of k owners. */
  newest(): { readonly size: number; readonly note: string } | null {
    return this.#heads.newest();
  }

  beacons(): readonly Beacon[] {
    return this.#heads.beacons();
  }

  status(): WitnessesStatus {
    const { guard, quorum, answered, needed, cosignedSize, witnesses } = this.#witnessing.status();
    return {
      guard,
      quorum,
      answered,
      needed,
      cosignedSize: cosignedSize === 0 ? null : cosignedSize,
      list: witnesses,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function tell(log: Logger, alarm: WitnessAlarm): void {
  if (alarm.kind === 'cleared') log.info(alarm, 'the witness is sound again');
  else if (alarm.kind === 'inconsistent')
    log.error(alarm, 'a witness has cosigned another history of this log');
  else if (alarm.kind === 'ahead') log.error(alarm, 'a witness names a larger log than was signed here');
  else
    log.error(alarm, 'rollback: this log was signed further than the journal goes; nothing more is signed');
}

/** A claim of one witness is a statement; that of a quorum is told by event 13/7 of the next epoch. */
function inputOf(alarm: WitnessAlarm, t: number): Input | null {
  if (alarm.kind !== 'ahead' && alarm.kind !== 'inconsistent') return null;
  const said = alarm.kind === 'ahead' ? 'ahead' : 'refused INCONSISTENT';
  const body = [StatementKind.anchorOutcome, said, alarm.size, null, recordText(alarm.witness)];
  return { records: [eventRecord(t, RecordType.statement, body)] };
}

/** Two heads under our own key that contradict each other: whoever signed the other has our key. */
function keepContradiction(
  { directory, origin, ownKeys, log }: CosigningParts,
  theirs: string,
  ours: string,
  proof: readonly Uint8Array[],
): boolean {
  const fraud = findFraud(theirs, ours, proof, { sha256 });
  if (fraud === null) return false;
  const keysOf = (named: string): readonly FraudKey[] => (named === origin ? ownKeys() : []);
  const verdict = checkFraud(utf8(formatFraud(fraud)), keysOf, { sha256, verifyEd25519 });
  if (!verdict.proved) {
    log.warn({ code: verdict.code, why: verdict.why }, 'a witness shows a head that proves nothing');
    return false;
  }
  log.error({ file: keepFraud(directory, fraud) }, 'this log was told twice under its own key');
  return true;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
