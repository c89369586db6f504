import type { OutboxDraft } from '../domain/deciding.ts';
import { Overlay } from '../domain/overlay.ts';
import { isUsable } from '../domain/reading.ts';
import {
  CommandStep,
  RecordType,
  type ActBody,
  type CommandBody,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import type { Interlocks } from './interlocks.ts';

/** The verb of the act by which a person opens something past every rule. */
export const BREAK_GLASS = 'break-glass';

/** A way out is worth opening for as long as the fire; each try of it lives ten seconds. */
const FIRE_EXPIRY_MS = 5 * 60_000;
const PERSON_EXPIRY_MS = 10_000;

/** Which fire inputs are on, with an undo log back to the last commit. */
export class FireState {
  readonly #inputs = new Overlay<string, 0 | 1>();

  /** True when this value begins a fire. */
  take(stream: string, isOn: boolean): boolean {
    const before = this.#inputs.get(stream) ?? 0;
    const now = isOn ? 1 : 0;
    if (before !== now) this.#inputs.set(stream, now);
    return isOn && before === 0;
  }

  isOn(stream: string): boolean {
    return this.#inputs.get(stream) === 1;
  }

  commit(): void {
    this.#inputs.commit();
  }

  discard(): void {
    this.#inputs.discard();
  }

  /** Ids of the inputs that are on; none when all is well. */
  encode(): readonly Value[] {
    const on = [...this.#inputs.entries()].flatMap(([id, is]) => (is === 1 ? [id] : []));
    return on.sort((a, b) => (a < b ? -1 : 1)).map((id) => [id]);
  }

  /** @throws TypeError when the value is no encoded state */
  static decode(value: Value): FireState {
    if (!Array.isArray(value)) throw new TypeError('fire: not a list');
    const state = new FireState();
    for (const row of value as readonly Value[]) {
      const [id] = Array.isArray(row) ? (row as readonly Value[]) : [];
      if (typeof id !== 'string') throw new TypeError('fire: no stream');
      state.take(id, true);
    }
    state.commit();
    return state;
  }
}

/** What a reading of a fire input asks for: every way out opens, once for each fire. A bad reading ends none. */
export function onFireInput(locks: Interlocks, state: FireState, record: LogRecord): OutboxDraft[] {
  const input = locks.fire.find((s) => s.slot === record.slot);
  if (input === undefined || record.type !== RecordType.reading) return [];
  const [v, q] = record.body;
  if (typeof q !== 'number' || (v !== null && typeof v !== 'number') || !isUsable(v ?? null, q)) return [];
  if (!state.take(input.id, v !== 0)) return [];
  return locks.exits.map((exit) => opening(exit, input.id, record, FIRE_EXPIRY_MS));
}

/** What a person's break-glass asks for; an act that was refused (result 1) opens nothing. */
export function onBreakGlass(locks: Interlocks, act: ActBody, record: LogRecord): OutboxDraft[] {
  const [, , verb, object, , , , result] = act;
  const exit = locks.exits.find(({ device }) => device === object);
  if (verb !== BREAK_GLASS || result !== 0 || exit === undefined) return [];
  return [opening(exit, BREAK_GLASS, record, PERSON_EXPIRY_MS)];
}

function opening(
  { device, open }: Interlocks['exits'][number],
  why: string,
  { t, slot, seq }: LogRecord,
  expiryMs: number,
): OutboxDraft {
  const id = `${why} ${device} ${open} ${slot}.${seq}`;
  const expiry = t + expiryMs;
  const body: CommandBody = [id, device, open, null, slot, seq, expiry, CommandStep.ordered];
  const order = { kind: 'command', id, device, verb: open, arg: null, cause: { slot, seq } } as const;
  return { t, type: RecordType.command, body, outbox: { key: id, kind: 'command', t, expiry, body: order } };
}
