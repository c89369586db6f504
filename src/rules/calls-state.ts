import type { Priority } from '../domain/alarm.ts';
import { Overlay } from '../domain/overlay.ts';
import type { RecordRef, Value } from '../domain/record.ts';

/** An alarm that calls along a route and was not acknowledged yet. Times are evidence time, ms. */
export type Call = {
  readonly alarm: string;
  readonly rule: string;
  readonly route: string;
  readonly priority: Priority;
  /** When it called. */
  readonly since: number;
  /** The step that is due next; as many as the route has steps when only the answer is waited for. */
  readonly next: number;
  /** The record behind the call. */
  readonly cause: RecordRef;
  readonly dueAt: number;
};

const FIELDS = 9;

/** Every call that climbs, with an undo log back to the last commit. */
export class CallsState {
  readonly #calls = new Overlay<string, Call>();
  #next = Infinity;

  put(call: Call): void {
    this.#calls.set(keyOf(call), call);
    this.#recount();
  }

  end(call: Call): void {
    this.#calls.delete(keyOf(call));
    this.#recount();
  }

  /** Ends all calls of an alarm. */
  endAll(alarm: string): void {
    if (this.#calls.size === 0) return;
    for (const call of this.list()) if (call.alarm === alarm) this.#calls.delete(keyOf(call));
    this.#recount();
  }

  /** By alarm and route. */
  list(): Call[] {
    const all = [...this.#calls.entries()];
    return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
  }

  /** Evidence time of the next step, ms; Infinity for never. */
  nextDeadline(): number {
    return this.#next;
  }

  isDue(until: number): boolean {
    return this.#next <= until;
  }

  /** A clock step: every stored instant moves with the clock. */
  shift(a: number): void {
    for (const call of this.list()) {
      this.#calls.set(keyOf(call), { ...call, since: call.since + a, dueAt: call.dueAt + a });
    }
    this.#recount();
  }

  commit(): void {
    this.#calls.commit();
  }

  discard(): void {
    this.#calls.discard();
    this.#recount();
  }

  /** For the snapshot and its hash; slot and seq stand where they stand in an alarm. */
  encode(): readonly Value[] {
    return this.list().map(({ alarm, rule, route, priority, since, next, cause, dueAt }) => [
      alarm,
      rule,
      route,
      priority,
      since,
      next,
      cause.slot,
      cause.seq,
      dueAt,
    ]);
  }

  /** @throws TypeError when the value is no encoded state */
  static decode(value: Value): CallsState {
    if (!Array.isArray(value)) throw new TypeError('calls: not a list');
    const state = new CallsState();
    for (const row of value as readonly Value[]) state.put(decodeCall(row));
    state.commit();
    return state;
  }

  #recount(): void {
    let next = Infinity;
    for (const [, { dueAt }] of this.#calls.entries()) if (dueAt < next) next = dueAt;
    this.#next = next;
  }
}

function keyOf({ alarm, route }: Call): string {
  return `${alarm} ${route}`;
}

function decodeCall(row: Value): Call {
  if (!Array.isArray(row) || row.length !== FIELDS) throw new TypeError('calls: no call');
  const [alarm, rule, route, ...numbers] = row as readonly Value[];
  const [priority, since, next, slot, seq, dueAt] = numbers.map(integer);
  if (typeof alarm !== 'string' || typeof rule !== 'string' || typeof route !== 'string')
    throw new TypeError('calls: no name');
  if (priority !== 1 && priority !== 2 && priority !== 3 && priority !== 4)
    throw new TypeError(`calls: ${priority} is no priority`);
  if (
    since === undefined ||
    next === undefined ||
    slot === undefined ||
    seq === undefined ||
    dueAt === undefined
  )
    throw new TypeError('calls: a number is missing');
  return { alarm, rule, route, priority, since, next, cause: { slot, seq }, dueAt };
}

function integer(value: Value): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new TypeError(`calls: ${String(value)} is not an integer`);
}
