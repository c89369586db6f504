import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What the gateway counts about itself, for Prometheus. The root sets the values; a gauge nobody
 * has set yet says NaN, not 0: not known is not nothing.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly readings = this.#counter('readings_total', 'Readings committed, by quality', ['quality']);
  readonly refusals = this.#counter('refusals_total', 'Frames not taken, by error code', ['code']);
  readonly commits = this.#counter('commits_total', 'Transactions of the journal', []);
  readonly commitSeconds = new Histogram({
    name: 'bailee_commit_seconds',
    help: 'Time of one transaction with its fsync, s',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });
  readonly notices = this.#counter('notices_total', 'Attempts to tell people, by channel and result', [
    'channel',
    'result',
  ]);
  readonly alarms = this.#gauge('alarms', 'Standing alarms, by priority', ['priority']);
  readonly outboxDepth = this.#gauge('outbox_entries', 'Notices and commands not yet carried out', []);
  readonly anchorAgeSeconds = this.#gauge('anchor_age_seconds', 'Age of the newest final anchor, s', []);
  readonly witnessSound = this.#gauge('witness_sound', '1 when it answers and agrees, by witness and owner', [
    'witness',
    'owner',
  ]);
  readonly witnessSize = this.#gauge('witness_size', 'Size of our log that it knows, blocks', [
    'witness',
    'owner',
  ]);
  readonly cosignedSize = this.#gauge('cosigned_blocks', 'Size of the newest head with a quorum', []);
  readonly sealedSize = this.#gauge('sealed_blocks', 'Size of the sealed log, blocks', []);
  readonly queueSize = this.#gauge('queue_entries', 'What waits in a queue, by queue', ['queue']);
  readonly lagSeconds = this.#gauge('event_loop_lag_seconds', 'Worst lateness of the event loop, s', []);
  readonly residentBytes = this.#gauge('resident_memory_bytes', 'Resident memory, bytes', []);

  constructor() {
    for (const gauge of [
      this.outboxDepth,
      this.anchorAgeSeconds,
      this.cosignedSize,
      this.sealedSize,
      this.lagSeconds,
    ]) {
      gauge.set(Number.NaN);
    }
  }

  /** The text a Prometheus server scrapes. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `bailee_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name: `bailee_${name}`, help, labelNames, registers: [this.registry] });
  }
}
