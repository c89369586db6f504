import { DatabaseSync } from 'node:sqlite';
import { Anchorer } from '../src/anchoring/anchorer.ts';
import type { LocalLog } from '../src/anchoring/anchorer-ports.ts';
import type { AnchorAlarm, AnchorEvent } from '../src/anchoring/anchor-status.ts';
import { hexOf } from '../src/anchoring/hex.ts';
import type { KeyProposer } from '../src/anchoring/key-proposer.ts';
import { keyHash, sha256 } from '../src/anchoring/key-possession.ts';
import type { LedgerCall } from '../src/anchoring/memory/anchor-rules.ts';
import { MemoryChain } from '../src/anchoring/memory/memory-chain.ts';
import { MemoryLedger } from '../src/anchoring/memory/memory-ledger.ts';
import type { CheckpointLedger, Refusal, Submission } from '../src/anchoring/port.ts';
import { seedSigner } from '../src/anchoring/signer.ts';
import { migrate } from '../src/buffer/schema.ts';
import { SqliteSubmissions } from '../src/buffer/submissions.ts';
import { Transactions } from '../src/buffer/transactions.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from './anchored-log.ts';
import { VirtualTime } from './virtual-time.ts';

export const LEDGER_KEY = keyNamed('ledger key');
const SIGNER = seedSigner(sha256(utf8('signs ledger proofs in tests')));

/** The journal's own table of submissions; the notes they belong to are not in it. */
export function newStore(): SqliteSubmissions {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
  migrate(db, ':memory:');
  return new SqliteSubmissions(db, new Transactions(db));
}

/** A gateway's anchoring on the memory ledger, in virtual time. */
export class AnchoringSite {
  readonly time = new VirtualTime(1_767_225_600_000);
  readonly log = new AnchoredLog('a.example/gw/b0b1b2b3b4b5b6b7/0');
  readonly chain: MemoryChain;
  readonly store = newStore();
  readonly events: AnchorEvent[] = [];
  readonly alarms: AnchorAlarm[] = [];
  /** Blocks sealed and signed. */
  size = 0;
  ledgerKeys = [LEDGER_KEY];
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The rotation that takes turns with the anchors. */
  keys: KeyProposer | null = null;
  anchorer: Anchorer | null = null;
  failure: unknown = null;

  constructor(depth = 2) {
    this.chain = new MemoryChain({
      keyDelay: 3600,
      depth,
      registrars: new Set(['admin']),
      revokers: new Set(['admin']),
      time: () => Math.floor(this.time.now() / 1000),
    });
    this.enrol(LEDGER_KEY);
  }

  ledger(sender = 'gateway'): MemoryLedger {
    const { chain, time } = this;
    return new MemoryLedger({ chain, sender, signer: SIGNER, pollMs: 1000, sleep: time.sleep });
  }

  /** The gateway's ledger, with all that was sent and the size each request started from. */
  watched(): { ledger: CheckpointLedger; sent: Submission[]; prepared: number[] } {
    const inner = this.ledger();
    const sent: Submission[] = [];
    const prepared: number[] = [];
    const ledger: CheckpointLedger = {
      profile: inner.profile,
      head: (logId, at, signal) => inner.head(logId, at, signal),
      prepare(op, signal) {
        if ('note' in op) prepared.push(Number(op.oldSize));
        return inner.prepare(op, signal);
      },
      broadcast(submission, signal) {
        sent.push(submission);
        return inner.broadcast(submission, signal);
      },
      outcome: (submission, signal) => inner.outcome(submission, signal),
    };
    return { ledger, sent, prepared };
  }

  /** Another transaction, at once, of any sender. */
  act(call: LedgerCall, sender = 'admin'): Refusal | null {
    const why = this.chain.simulate(call, sender);
    const { raw, id, nonce } = this.ledger(sender).submission(call);
    if (why === null)
      this.chain.submit({ ...JSON.parse(Buffer.from(raw).toString()), id, nonce: Number(nonce) });
    return why;
  }

  enrol(key: typeof LEDGER_KEY): void {
    const { chainId, contract } = MemoryChain;
    const { origin, logId } = this.log;
    const claim = { ledgerKey: key.address, logKey: LOG_KEY.publicKey };
    const sig = hexOf(key.sign(keyHash({ chainId, contract, logId, proposalNo: 0, ...claim })));
    const logKey = hexOf(LOG_KEY.publicKey);
    const why = this.act({
      fn: 'enrol',
      origin,
      prev: null,
      ledgerKey: key.address,
      logKey,
      maxSilence: 60,
      sig,
    });
    if (why !== null) throw new Error(why.code);
    this.chain.mine(60);
  }

  /** The gateway anchors what was signed, by someone else's hand. */
  async relay(size: number, oldSize: number): Promise<void> {
    const ledger = this.ledger('stranger');
    const signal = new AbortController().signal;
    const asking = ledger.prepare(this.log.request(oldSize, size, LEDGER_KEY), signal);
    await this.time.pass(1);
    const prepared = await asking;
    if (prepared.kind === 'refused') throw new Error(prepared.why.code);
    const sending = ledger.broadcast(prepared.submission, signal);
    await this.time.pass(1);
    await sending;
  }

  /** The daemon starts, or starts again on the same store. */
  start(ledger: CheckpointLedger = this.ledger(), log: Partial<LocalLog> = {}, random = () => 0.5): Anchorer {
    this.#stop = new AbortController();
    const anchorer = new Anchorer({
      ledger,
      logId: this.log.logId,
      log: {
        newest: () =>
          this.size === 0 ? null : { size: this.size, note: this.log.note(this.size, ...this.ledgerKeys) },
        signedSize: () => this.size,
        rootAt: (size) => this.log.rootAt(size),
        consistency: (from, to) => this.log.consistency(from, to),
        ...log,
      },
      store: this.store,
      ...(this.keys === null ? {} : { keys: this.keys }),
      onOutcome: (event) => this.events.push(event),
      onAlarm: (alarm) => this.alarms.push(alarm),
      patienceMs: 30_000,
      now: this.time.now,
      random,
      sleep: this.time.sleep,
    });
    this.anchorer = anchorer;
    this.failure = null;
    this.#running = anchorer.run(this.#stop.signal).catch((error: unknown) => {
      this.failure = error;
    });
    return anchorer;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** One more block is sealed and its head signed. */
  sign(size: number): void {
    this.size = size;
    this.anchorer?.signed();
  }

  /** So many seconds pass, with a block of the chain each `every` of them. */
  async pass(seconds: number, every = 2): Promise<void> {
    for (let left = seconds; left > 0; left -= every) {
      await this.time.pass(Math.min(left, every) * 1000);
      this.chain.mine(1);
    }
  }

  head(at: 'final' | 'latest' = 'final') {
    return this.chain[at].state.logs.get(this.log.logId);
  }

  finals(): number[] {
    return this.events.filter((e) => e.kind === 'final').map((e) => e.size);
  }
}
