import type { WitnessesStatus } from '../../api/types.ts';
import { Priority } from '../../domain/alarm.ts';
import { NoticeResult, RecordType, type LogRecord } from '../../domain/record.ts';
import { isUsable } from '../../domain/reading.ts';
import type { Arrival } from '../../domain/device.ts';
import { Metrics } from '../../ops/metrics.ts';
import type { Core } from './core.ts';

/** Counts commits as they happen; what stands is read when somebody scrapes. */
export class Gauges {
  readonly metrics = new Metrics();

  noteArrival({ refusals }: Arrival): void {
    for (const { code } of refusals ?? []) this.metrics.refusals.inc({ code });
  }

  /** @param seconds what it took, with deciding and fsync */
  noteCommit(seconds: number): void {
    this.metrics.commits.inc();
    this.metrics.commitSeconds.observe(seconds);
  }

  noteRecords(records: readonly LogRecord[]): void {
    let good = 0;
    let bad = 0;
    for (const { type, body } of records) {
      if (type === RecordType.reading) {
        const v = body[0];
        if (isUsable(typeof v === 'number' ? v : null, Number(body[1]))) good++;
        else bad++;
      } else if (type === RecordType.notice && body[4] !== NoticeResult.queued) {
        const result = body[4] === NoticeResult.delivered ? 'delivered' : 'failed';
        this.metrics.notices.inc({ channel: String(body[1]), result });
      }
    }
    if (good > 0) this.metrics.readings.inc({ quality: 'good' }, good);
    if (bad > 0) this.metrics.readings.inc({ quality: 'bad' }, bad);
  }

  /** Prometheus text of this moment. */
  async render(now: {
    readonly core: Core;
    readonly outboxDepth: number;
    /** Wall clock of the newest final anchor, ms; null while there is none. */
    readonly anchoredAt: number | null;
    readonly witnesses: WitnessesStatus | null;
    readonly queues: Readonly<Record<string, number>>;
    readonly lagMs: number;
    readonly residentBytes: number;
  }): Promise<string> {
    const { metrics } = this;
    const standing = now.core.deciding.alarms.list();
    for (const [priority, number] of Object.entries(Priority)) {
      metrics.alarms.set({ priority }, standing.filter((s) => s.priority === number).length);
    }
    metrics.outboxDepth.set(now.outboxDepth);
    const age = now.anchoredAt === null ? Number.NaN : Math.max(0, Date.now() - now.anchoredAt);
    metrics.anchorAgeSeconds.set(age / 1000);
    for (const { name, owner, state, size } of now.witnesses?.list ?? []) {
      metrics.witnessSound.set({ witness: name, owner }, state === 'ok' ? 1 : 0);
      metrics.witnessSize.set({ witness: name, owner }, size ?? Number.NaN);
    }
    if (now.witnesses !== null) metrics.cosignedSize.set(now.witnesses.cosignedSize ?? 0);
    metrics.sealedSize.set(now.core.intake.open.no);
    for (const [queue, size] of Object.entries(now.queues)) metrics.queueSize.set({ queue }, size);
    metrics.lagSeconds.set(now.lagMs / 1000);
    metrics.residentBytes.set(now.residentBytes);
    return await metrics.render();
  }
}
