import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Anchorer } from '../../anchoring/anchorer.ts';
import type { AnchorEvent, AnchorState } from '../../anchoring/anchor-status.ts';
import { EvmLedger } from '../../anchoring/evm/evm-ledger.ts';
import { hexOf } from '../../anchoring/hex.ts';
import { KeyProposer, type KeyEvent } from '../../anchoring/key-proposer.ts';
import { LogWatch, type LogEnd } from '../../anchoring/log-watch.ts';
import type { Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import type { AnchorStatus } from '../../api/types.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import type { LedgerSettings } from '../../config/configuration.ts';
import { RecordType, StatementKind } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { logId } from '../../evidence/checkpoint.ts';
import { consistencyProof, rootAt } from '../../evidence/log-tree.ts';
import type { Input } from '../../intake/input.ts';
import { eventRecord } from '../recording/core.ts';
import { finalityOf } from './finality.ts';
import type { Keyring } from '../keys/keyring.ts';
import { epochOf, originOf } from '../keys/identity.ts';
import { proposalOf, wantedKey } from '../keys/key-proposal.ts';
import { sha256 } from '../site/primitives.ts';
import { nodesOf } from '../recording/recovery.ts';

const TIMEOUT_MS = 10_000;
const POLL_MS = 1000;
/** An outcome not heard for so long: the same bytes are sent again. */
const PATIENCE_MS = 15_000;

/** Brings signed heads onto the ledger; runs beside everything else and delays nothing. */
export class Anchoring implements AsyncDisposable {
  readonly #anchorer: Anchorer;
  readonly #network: string;
  readonly #watch: LogWatch;
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #changed: () => void = () => undefined;

  constructor(parts: {
    readonly settings: LedgerSettings;
    readonly account: Secp256k1Key;
    readonly keyring: Keyring;
    /** Told what became of a key that is announced in our log. */
    readonly onKey: (event: KeyEvent) => void;
    /** Told once that this log must never grow again. */
    readonly onEnd: (end: LogEnd) => void;
    readonly origin: string;
    readonly journal: SqliteJournal;
    /** The newest head that may be anchored. */
    readonly newest: () => { readonly size: number; readonly note: string } | null;
    readonly log: Logger;
    /** Takes what became of an anchor as records. */
    readonly add: (input: Input) => void;
    /** Evidence time, ms. */
    readonly now: () => number;
  }) {
    const { settings, account, origin, journal, log } = parts;
    const ledger = new EvmLedger({
      url: settings.url,
      chainId: settings.chainId,
      contract: `0x${settings.contract.replace(/^0x/, '')}`,
      finality: finalityOf(settings.finality),
      account,
      timeoutMs: TIMEOUT_MS,
      pollMs: POLL_MS,
      sleep: rest,
    });
    const node = nodesOf(journal);
    this.#network = ledger.profile.network;
    const id = hexOf(logId(sha256, origin));
    this.#watch = new LogWatch({
      head: (ofLog, at, signal) => ledger.head(ofLog, at, signal),
      logId: (epoch) => hexOf(logId(sha256, originOf(origin, epoch))),
      epoch: epochOf(origin),
      size: () => journal.size(),
      onEnd: parts.onEnd,
      sleep: rest,
    });
    const chain = { chainId: settings.chainId, contract: ledger.contract };
    this.#anchorer = new Anchorer({
      ledger,
      logId: id,
      keys: new KeyProposer({
        ledger,
        logId: id,
        store: journal.submissions,
        wanted: () => wantedKey(parts.keyring),
        sign: (no, proposalNo) => proposalOf(parts.keyring, no, { ...chain, logId: id, proposalNo }),
        onEvent: (event) => {
          log.info(event, 'proposed key');
          parts.onKey(event);
          this.#changed();
        },
        patienceMs: PATIENCE_MS,
        sleep: rest,
      }),
      log: {
        newest: parts.newest,
        signedSize: () => journal.latestNote()?.size ?? 0,
        rootAt: (size) => rootAt(sha256, size, node),
        consistency: (oldSize, newSize) => consistencyProof(sha256, oldSize, newSize, node),
      },
      store: journal.submissions,
      onOutcome: (event) => {
        log.info({ outcome: event.kind, size: event.size }, 'anchor');
        const input = outcomeOf(event, this.#network, parts.now());
        if (input !== null) parts.add(input);
        this.#changed();
      },
      onAlarm: (alarm) => {
        if (alarm.kind === 'cleared') log.info('the ledger takes our anchors again');
        else log.error(alarm, 'anchoring stopped');
        // Whether it is final is for the watch to find out; until then nothing is signed.
        if (alarm.kind === 'cleared') this.#watch.calm();
        else this.#watch.poke(alarm.kind === 'rollback' ? 'suspected' : 'refused');
        this.#changed();
      },
      patienceMs: PATIENCE_MS,
      now: Date.now,
      random: Math.random,
      sleep: rest,
    });
  }

  /** @param onError told when the ledger contradicts our log, or the store failed */
  start(onChange: () => void, onError: (error: unknown) => void): void {
    this.#changed = onChange;
    const { signal } = this.#stop;
    const both = [this.#anchorer.run(signal), this.#watch.run(signal)];
    this.#running = Promise.all(both.map((run) => run.catch(onError)));
  }

  /** A new head was signed. */
  signed(): void {
    this.#anchorer.signed();
  }

  maySign(): boolean {
    return this.#anchorer.maySign() && this.#watch.isClear;
  }

  /** The ledger holds more of our log than was signed here. */
  isRollback(): boolean {
    return this.#anchorer.status().state === 'rollback';
  }

  status(): Omit<AnchorStatus, 'witnesses'> {
    const { state, lastFinal, lastError } = this.#anchorer.status();
    return {
      ledger: { kind: 'evm', network: this.#network },
      lastFinalSize: lastFinal?.size ?? null,
      at: lastFinal?.at ?? null,
      state: STATES[state],
      lastError: lastError === null ? null : `${lastError.code}: ${lastError.message}`,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

const STATES: Readonly<Record<AnchorState, AnchorStatus['state']>> = {
  guarding: 'unknown',
  idle: 'idle',
  submitting: 'pending',
  retrying: 'failing',
  refused: 'failing',
  rollback: 'failing',
};

/** A final anchor and a refused one are on record; what may still change is not. */
function outcomeOf(event: AnchorEvent, network: string, t: number): Input | null {
  if (event.kind !== 'final' && event.kind !== 'refused') return null;
  const proof = event.kind === 'final' && event.proof !== null ? sha256(Buffer.from(event.proof)) : null;
  const said = event.kind === 'final' ? 'final' : `refused ${event.why.code}`;
  const body = [StatementKind.anchorOutcome, said, event.size, proof, recordText(network)];
  return { records: [eventRecord(t, RecordType.statement, body)] };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
