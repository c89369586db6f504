import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hex32 } from '../src/anchoring/port.ts';
import { openJournal, type SqliteJournal } from '../src/buffer/journal.ts';
import { DeviceError } from '../src/domain/errors.ts';
import type { OrderContent } from '../src/domain/goods/documents.ts';
import type { OrderFact } from '../src/domain/goods/orders.ts';
import {
  RecordType,
  ReleaseStep,
  StatementKind,
  type LogRecord,
  type RecordRef,
  type Value,
} from '../src/domain/record.ts';
import { Gate } from '../src/gate/gate.ts';
import type { GateParts, OnLedger, OrderLedger, Recorded } from '../src/gate/ports.ts';
import { Orders, SETTLE } from '../src/goods/orders.ts';

const STEP_WORDS = new Map<Value | undefined, string>(
  Object.entries(ReleaseStep).map(([word, n]) => [n, word]),
);
export const QTY = 3;
export const EPCS = ['3034a1', '3034a2', '3034a3'];

/** A power cut: whatever ran is gone, what was durable is there. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/**
 * A gate at its portal: the real ledger, the real submissions, orders as the journal tells them. What it is told to
 * do in the world is written down here, and any of its effects may be the last one before a power cut.
 */
export class GateWorld implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'bailee-gate-'));
  readonly #ledger: OrderLedger;
  readonly journal: SqliteJournal;
  readonly #files = new Map<string, OrderContent>();
  readonly records: LogRecord[] = [];
  orders = new Orders(null);
  t = Date.now();
  /** Time that never steps, ms; goes on by what is slept. */
  clock = 0;
  /** What the barrier did. */
  readonly barrier: string[] = [];
  reader: 'well' | 'ill' | 'unknown' = 'well';
  excursions: readonly string[] = [];
  /** The barrier does not do what it is told. */
  isStuck = false;
  /** Before its n-th effect, or right behind it, the power goes; none at Infinity. */
  cutAt = Infinity;
  isCutBehind = false;
  effects = 0;
  /** What the gate hears when it asks the ledger for the n-th time; it may be kept waiting, or told something else. */
  hears: (ask: () => Promise<OnLedger | null>, n: number) => Promise<OnLedger | null> = (ask) => ask();
  #asked = 0;
  #process = { gate: null as Gate | null, stop: new AbortController(), running: Promise.resolve() };

  constructor(ledger: OrderLedger) {
    this.#ledger = ledger;
    this.journal = openJournal(this.#directory);
  }

  /** Content of an order for all of it, told to the journal. */
  tell(order: Hex32, receipt: Hex32, changed: Partial<OrderContent> = {}): string {
    const content: OrderContent = {
      kind: 'order',
      order: order.slice(2),
      direction: 'out',
      receipt: receipt.slice(2),
      lot: 'copper',
      epcs: EPCS,
      amount: { value: QTY, exp: 0, unit: '1' },
      portal: 'dock-2',
      zone: 'yard-1',
      from: this.t - 1000,
      until: this.t + 86_400_000,
      vehicle: null,
      ...changed,
    };
    const hash = createHash('sha256').update(JSON.stringify(content)).digest();
    this.#files.set(hash.toString('hex'), content);
    this.#record(RecordType.statement, [StatementKind.orderContent, content.order, null, hash, 'test']);
    return content.order;
  }

  pass(order: string, ...epcs: readonly string[]): void {
    for (const epc of epcs) this.orders.pass(order, epc);
    this.#process.gate?.poke();
  }

  breach(order: string, epc: string): void {
    this.orders.breach(order, { epc, is: 'excess', at: this.t });
    this.#process.gate?.poke();
  }

  settle(order: string, moved: number | null = null): void {
    const body = [7, 'supervisor', SETTLE, order, null, moved === null ? null : String(moved), 'counted', 0];
    this.#record(RecordType.act, body);
    this.#process.gate?.settle(order);
  }

  fact(order: string): OrderFact | null {
    return this.orders.get(order);
  }

  /** Steps on record, with the word of a refusal. */
  steps(order: string): string[] {
    return this.records
      .filter((r) => r.type === RecordType.release && Buffer.from(bytesAt(r, 0)).toString('hex') === order)
      .map(({ body }) => {
        const word = STEP_WORDS.get(body[1]) ?? '?';
        return word === 'refused' ? `refused ${String(body[3]).split(':')[0]}` : word;
      });
  }

  /** The process begins; it goes on until `stop` or a power cut. */
  start(): Gate {
    const gate = new Gate(this.#parts());
    const stop = new AbortController();
    this.#process = { gate, stop, running: gate.run(stop.signal).catch(isPowerCut) };
    return gate;
  }

  /** Resolves when the process is gone, by a power cut or because it was told to stop. */
  async stop(): Promise<void> {
    this.#process.stop.abort();
    await this.#process.running;
  }

  /** Resolves when it is free, or the power is cut. */
  async idle(): Promise<void> {
    const { gate, running } = this.#process;
    const isBusy = (): boolean => gate?.busy !== null;
    const gone = running.then(() => 'gone' as const);
    while (isBusy()) {
      if ((await Promise.race([gone, delay(5, 'there' as const)])) === 'gone') return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.journal[Symbol.dispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #parts(): GateParts {
    const { journal } = this;
    const ledger = this.#ledger;
    const effect = async <T>(act: () => T | Promise<T>): Promise<T> => {
      const mine = ++this.effects;
      if (mine > this.cutAt || (mine === this.cutAt && !this.isCutBehind)) throw new PowerCut();
      const result = await act();
      if (mine === this.cutAt) throw new PowerCut();
      return result;
    };
    const durable = <T>(act: () => T): T => {
      const mine = ++this.effects;
      if (mine > this.cutAt || (mine === this.cutAt && !this.isCutBehind)) throw new PowerCut();
      const result = act();
      if (mine === this.cutAt) throw new PowerCut();
      return result;
    };
    return {
      portal: 'dock-2',
      openForMs: 600_000,
      ledger: {
        gate: ledger.gate,
        order: (id, signal) => this.hears(() => ledger.order(id, signal), ++this.#asked),
        prepare: (op, signal) => ledger.prepare(op, signal),
        broadcast: (s, signal) => effect(() => ledger.broadcast(s, signal)),
        outcome: (s, signal) => ledger.outcome(s, signal),
      },
      store: {
        stage: (s) => durable(() => journal.submissions.stage(s)),
        update: (id, change) => durable(() => journal.submissions.update(id, change)),
        inFlight: () => journal.submissions.inFlight(),
        isFinal: (log, request) => journal.submissions.isFinal(log, request),
      },
      records: {
        step: (order, step, qty, detail) =>
          effect(() => this.#record(RecordType.release, [Buffer.from(order, 'hex'), step, qty, detail])),
      },
      local: {
        order: (order) => this.orders.get(order),
        orders: () => this.orders.list(),
        item: () => null,
        now: () => this.t,
        reader: () => this.reader,
        barrier: () => 'well',
        excursions: () => this.excursions,
      },
      barrier: {
        open: (order, cause) => effect(() => this.#move('open', order, cause)),
        shut: (order, cause) => effect(() => this.#move('shut', order, cause)),
      },
      monotonic: () => this.clock,
      sleep: async (ms, signal) => {
        // Enough for the ledger to be asked again, and no more: the tests' time is their own.
        await delay(Math.min(ms, 10), undefined, { signal }).catch(() => undefined);
        this.clock += ms;
      },
      log: () => undefined,
    };
  }

  #move(what: string, order: string, cause: RecordRef): void {
    if (this.isStuck) throw new DeviceError('TIMEOUT', 'no answer');
    const { type } = this.records[cause.seq] ?? {};
    if (type !== RecordType.release) throw new Error('moved without a cause on record');
    this.barrier.push(`${what} ${order.slice(0, 8)}`);
  }

  #record(type: LogRecord['type'], body: readonly Value[]): Recorded {
    const record: LogRecord = { slot: 0, seq: this.records.length, t: ++this.t, type, body };
    this.records.push(record);
    this.orders.take(record, (sha256) => this.#files.get(Buffer.from(sha256).toString('hex')) ?? null);
    this.#process.gate?.poke();
    const hash = createHash('sha256').update(JSON.stringify(record)).digest();
    return { slot: 0, seq: record.seq, hash };
  }
}

function bytesAt({ body }: LogRecord, i: number): Uint8Array {
  const item = body[i];
  return item instanceof Uint8Array ? item : new Uint8Array();
}

function isPowerCut(error: unknown): void {
  if (!(error instanceof PowerCut)) throw error;
}
