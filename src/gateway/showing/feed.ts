import type { Feed, FeedEvent } from '../../api/port.ts';
import type { FindingPhaseWord } from '../../api/types.ts';
import { AlarmState } from '../../domain/alarm.ts';
import { FindingPhase, RecordType, StatementKind, type LogRecord } from '../../domain/record.ts';
import type { Committed } from '../../intake/intake.ts';
import type { GatewayView } from './view.ts';

/** At most this many readings of one stream per second go to who looks on; the journal has all. */
const READING_EVERY_MS = 250;

const PHASES: Readonly<Record<FindingPhase, FindingPhaseWord>> = {
  [FindingPhase.opened]: 'opened',
  [FindingPhase.peak]: 'peak',
  [FindingPhase.closed]: 'closed',
  [FindingPhase.unknown]: 'unknown',
  [FindingPhase.knownAgain]: 'knownAgain',
};

/** Tells those who look on what was committed; costs nothing while nobody does. */
export class GatewayFeed implements Feed {
  readonly #view: GatewayView;
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #toldAt = new Map<number, number>();

  constructor(view: GatewayView) {
    this.#view = view;
  }

  subscribe(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell({ records }: Committed): void {
    if (this.#listeners.size === 0) return;
    for (const record of records) {
      const event = this.#eventOf(record);
      if (event !== null) this.say(event);
    }
    if (records.some(movesMaintenance)) {
      this.say({ kind: 'maintenance', maintenance: this.#view.maintenance() });
    }
  }

  say(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #eventOf(record: LogRecord): FeedEvent | null {
    const { slot, t, type, body } = record;
    if (type === RecordType.reading) return this.#readingOf(slot, t);
    // An act may change an alarm without moving it: another end of its shelving.
    if (type === RecordType.alarm || (type === RecordType.act && body[7] === 0)) {
      const alarm = this.#view.alarm(String(body[type === RecordType.alarm ? 0 : 3]));
      return alarm === null ? null : { kind: 'alarm', alarm };
    }
    if (type === RecordType.finding) {
      const [rule, subject, phase, , , v] = body;
      const known = Object.values(FindingPhase).find((p) => p === phase) ?? FindingPhase.unknown;
      const value = typeof v === 'number' ? this.#view.text(String(subject), v) : null;
      return {
        kind: 'finding',
        finding: { rule: String(rule), subject: String(subject), phase: PHASES[known], t, value },
      };
    }
    if (type === RecordType.statement && body[0] === StatementKind.device) {
      const device = this.#view.devices().find((d) => d.id === body[1]);
      return device === undefined ? null : { kind: 'health', device };
    }
    return null;
  }

  #readingOf(slot: number, t: number): FeedEvent | null {
    const told = this.#toldAt.get(slot);
    if (told !== undefined && Math.abs(t - told) < READING_EVERY_MS) return null;
    this.#toldAt.set(slot, t);
    const reading = this.#view.reading(slot);
    return reading === null ? null : { kind: 'reading', ...reading };
  }
}

function movesMaintenance({ type, body }: LogRecord): boolean {
  if (type === RecordType.act) return body[2] === 'maintain' || body[2] === 'end-maintenance';
  return (
    type === RecordType.alarm && (body[1] === AlarmState.suppressed || body[2] === AlarmState.suppressed)
  );
}
