import type { HealthNote, Refusal } from '../domain/device.ts';

/** What the gateway knows of one device since it started; unknown until it spoke. */
export type DeviceState = {
  readonly device: string;
  readonly health: 'unknown' | 'healthy' | 'unhealthy';
  readonly reason: string;
  /** Evidence time of the last change of health, and of the last frame refused, ms. */
  readonly since: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly lastRefusal: { readonly t: number; readonly code: string; readonly detail: string } | null;
};

/** A refusal is journaled at once, further ones of the same slot at most this often, with their count. */
const REFUSAL_EVERY_MS = 10_000;

const NONE: readonly [slot: number | null, count: number][] = [];

/** Health and refusal counts per device, and what of it is news for the journal. */
export class DeviceHealth {
  readonly #states = new Map<string, DeviceState>();
  readonly #pending = new Map<number | null, { count: number; journaledAt: number }>();

  states(): DeviceState[] {
    return [...this.#states.values()];
  }

  /** True when this note changes what is known and so belongs into the journal. */
  note(note: HealthNote, t: number): boolean {
    const before = this.#stateOf(note.device, t);
    const health = note.healthy ? 'healthy' : 'unhealthy';
    if (before.health === health && before.reason === note.reason) return false;
    this.#states.set(note.device, { ...before, health, reason: note.reason, since: t });
    return true;
  }

  /** True when this is the first that is heard of a device: who sends a value is well until it says otherwise. */
  heard(device: string, t: number): boolean {
    if (this.#states.get(device)?.health === 'healthy') return false;
    const isNew = (this.#states.get(device)?.health ?? 'unknown') === 'unknown';
    return isNew && this.note({ device, healthy: true, reason: 'ok' }, t);
  }

  refuse(refusal: Refusal, slot: number | null, t: number): void {
    const before = this.#stateOf(refusal.device, t);
    this.#states.set(refusal.device, {
      ...before,
      refused: { ...before.refused, [refusal.code]: (before.refused[refusal.code] ?? 0) + 1 },
      lastRefusal: { t, code: refusal.code, detail: refusal.detail },
    });
    const pending = this.#pending.get(slot);
    if (pending === undefined) this.#pending.set(slot, { count: 1, journaledAt: -Infinity });
    else pending.count++;
  }

  /** Refusals whose turn it is to be journaled, as [slot, count]; counts begin anew. */
  dueRefusals(t: number): readonly [slot: number | null, count: number][] {
    if (this.#pending.size === 0) return NONE;
    const due: [number | null, number][] = [];
    for (const [slot, pending] of this.#pending) {
      // Also after a clock that was set back.
      if (pending.count === 0 || Math.abs(t - pending.journaledAt) < REFUSAL_EVERY_MS) continue;
      due.push([slot, pending.count]);
      pending.count = 0;
      pending.journaledAt = t;
    }
    return due;
  }

  /** Before a stop: what was counted so far is due now. */
  hurryRefusals(): void {
    for (const pending of this.#pending.values()) pending.journaledAt = -Infinity;
  }

  #stateOf(device: string, t: number): DeviceState {
    return (
      this.#states.get(device) ?? {
        device,
        health: 'unknown',
        reason: '',
        since: t,
        refused: {},
        lastRefusal: null,
      }
    );
  }
}
