import { AlarmState } from '../domain/alarm.ts';
import type { AlarmTransition } from '../domain/deciding.ts';
import { Overlay } from '../domain/overlay.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import { STALE_MS } from './limits.ts';
import { OWN_ALARMS } from './own-alarms.ts';
import {
  decodeAside,
  decodeStanding,
  encodeAside,
  encodeStanding,
  integerOf,
  isShown,
  rowOf,
  shifted,
  textOf,
  type Standing,
  type TimedAside,
} from './standing.ts';
import { Watch } from './watch.ts';

export type { Standing } from './standing.ts';

/** A zone in maintenance: its alarms are suppressed until its end. */
export type Maintenance = TimedAside & { readonly zone: string };

const UNKNOWN_RECORD: RecordRef = { slot: 0, seq: 0 };

/** Every alarm that stands or is set aside, with an undo log back to the last commit. */
export class AlarmsState {
  readonly #standing = new Overlay<string, Standing>();
  readonly #maintained = new Overlay<string, Maintenance>();
  #watch = new Watch();
  /** First deadline of alarms and zones; null: to be computed anew. */
  #next: number | null = Infinity;

  get(alarm: string): Standing | undefined {
    return this.#standing.get(alarm);
  }

  /** All that are not at rest, by id. */
  list(): Standing[] {
    return [...this.#standing.entries()].map(([, s]) => s).sort((a, b) => (a.alarm < b.alarm ? -1 : 1));
  }

  put(standing: Standing): void {
    const { alarm, state } = standing;
    const old = this.#standing.get(alarm);
    const isGone = state === AlarmState.normal;
    if (isGone) this.#standing.delete(alarm);
    else this.#standing.set(alarm, standing);
    if (this.#next === null) return;
    // All are looked at anew only when the first deadline of them went away.
    const before = old === undefined ? Infinity : deadlineOf(old);
    const after = isGone ? Infinity : deadlineOf(standing);
    this.#next = before === this.#next && after > before ? null : Math.min(this.#next, after);
  }

  /** Zones in maintenance, by id. */
  maintained(): Maintenance[] {
    return [...this.#maintained.entries()].map(([, m]) => m).sort((a, b) => (a.zone < b.zone ? -1 : 1));
  }

  maintenanceOf(zone: string): Maintenance | undefined {
    return this.#maintained.get(zone);
  }

  maintain(maintenance: Maintenance): void {
    this.#maintained.set(maintenance.zone, maintenance);
    this.#next = null;
  }

  endMaintenance(zone: string): void {
    this.#maintained.delete(zone);
    this.#next = null;
  }

  /** How often alarms rise. */
  get watch(): Pick<Watch, 'isFlood' | 'hasChatter' | 'isChattering'> {
    return this.#watch;
  }

  note(transition: AlarmTransition): void {
    this.#watch.note(transition);
  }

  /** Ends the flood and the chatters that are over by then. */
  passTime(until: number): void {
    this.#watch.passTime(until);
  }

  hasStale(): boolean {
    for (const [, { isStale }] of this.#standing.entries()) if (isStale) return true;
    return false;
  }

  /** Evidence time of the next escalation, end or count, ms; Infinity for never. */
  nextDeadline(): number {
    return Math.min((this.#next ??= this.#firstDeadline()), this.#watch.nextDeadline());
  }

  isDue(until: number): boolean {
    return this.nextDeadline() <= until;
  }

  /** A clock step: timers and stored instants move with the clock. */
  shift(a: number): void {
    for (const s of this.list()) this.put(shifted(s, a));
    for (const m of this.maintained()) this.maintain({ ...m, at: m.at + a, until: m.until + a });
    this.#watch.shift(a);
    this.#next = null;
  }

  commit(): void {
    this.#standing.commit();
    this.#maintained.commit();
    this.#watch.commit();
  }

  discard(): void {
    this.#standing.discard();
    this.#maintained.discard();
    this.#watch.discard();
    this.#next = null;
  }

  /** For the snapshot and its hash: alarms, zones in maintenance, what rose. */
  encode(): Value {
    const maintained = this.maintained().map((m) => [m.zone, encodeAside(m, m.until)]);
    return [this.list().map(encodeStanding), maintained, this.#watch.encode()];
  }

  /** @throws TypeError when the value is no encoded state */
  static decode(value: Value): AlarmsState {
    const [standing, maintained, watch] = rowOf(value, 3).map(listOf);
    const state = new AlarmsState();
    for (const row of standing ?? []) state.put(decodeStanding(row));
    for (const row of maintained ?? []) {
      const [zone, act] = rowOf(row, 2);
      const timed = decodeAside(act ?? null);
      if (timed === null) throw new TypeError('alarms state: maintenance without an act');
      state.maintain({ zone: textOf(zone), ...timed.aside, until: integerOf(timed.until) });
    }
    state.#watch = Watch.decode(watch ?? []);
    state.commit();
    return state;
  }

  /** For the next epoch, whose records count anew: what stands goes on, the records behind it have no name there. */
  forgetRecords(): void {
    for (const s of this.list()) {
      this.put({
        ...s,
        cause: UNKNOWN_RECORD,
        shelved: s.shelved && { ...s.shelved, act: UNKNOWN_RECORD },
        out: s.out && { ...s.out, act: UNKNOWN_RECORD },
      });
    }
    for (const m of this.maintained()) this.maintain({ ...m, act: UNKNOWN_RECORD });
  }

  #firstDeadline(): number {
    let next = Infinity;
    for (const [, s] of this.#standing.entries()) next = Math.min(next, deadlineOf(s));
    for (const [, { until }] of this.#maintained.entries()) next = Math.min(next, until);
    return next;
  }
}

function deadlineOf(s: Standing): number {
  return Math.min(s.escalateAt, s.shelved?.until ?? Infinity, staleAt(s));
}

/** When an alarm that is shown becomes stale, ms; Infinity for one that is so already, or never will be. */
export function staleAt({ alarm, state, since, isStale }: Standing): number {
  return isShown(state) && !isStale && !OWN_ALARMS.has(alarm) ? since + STALE_MS : Infinity;
}

function listOf(value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('alarms state: not a list');
  return value as readonly Value[];
}
