import { randomUUID } from 'node:crypto';
import type { EventMessage } from './event-message.ts';
import type { Input } from './settings.ts';

const MOST_WAITING = 1000;

/** A pull point: what waits to be pulled, and how long it lives. */
type PullPoint = { readonly queue: EventMessage[]; expiresAt: number; wake: () => void };

/** The events of a simulated camera: states that stand, and pull points that are told of changes. */
export class SimulatedEvents {
  readonly #points = new Map<string, PullPoint>();
  readonly #states = new Map<Input, boolean>();

  constructor(inputs: readonly Input[]) {
    for (const input of inputs) this.#states.set(input, false);
  }

  subscribe(leaseMs: number, now: number): string {
    const id = randomUUID();
    this.#points.set(id, { queue: [], expiresAt: performance.now() + leaseMs, wake: () => undefined });
    this.synchronize(id, now);
    return id;
  }

  /** Tells every state as it stands. False for a pull point that is gone. */
  synchronize(id: string, now: number): boolean {
    const point = this.#find(id);
    if (point === null) return false;
    for (const [input, state] of this.#states) {
      const event = eventOf(input, state, now, 'Initialized');
      if (event !== null) point.queue.push(event);
    }
    point.wake();
    return true;
  }

  renew(id: string, leaseMs: number): boolean {
    const point = this.#find(id);
    if (point !== null) point.expiresAt = performance.now() + leaseMs;
    return point !== null;
  }

  /** What is left of a pull point, ms. */
  leftOf(id: string): number {
    return Math.max(0, (this.#find(id)?.expiresAt ?? 0) - performance.now());
  }

  unsubscribe(id: string): boolean {
    return this.#points.delete(id);
  }

  get subscriptions(): number {
    return this.#points.size;
  }

  /** Restarted: nobody is subscribed any more. */
  forgetSubscriptions(): void {
    for (const { wake } of this.#points.values()) wake();
    this.#points.clear();
  }

  set(input: Input, state: boolean, now: number): void {
    this.#states.set(input, state);
    const event = eventOf(input, state, now, 'Changed');
    if (event === null) return;
    for (const { queue, wake } of this.#points.values()) {
      queue.push(event);
      if (queue.length > MOST_WAITING) queue.shift();
      wake();
    }
  }

  /** Waits for events; null for a pull point that is gone. */
  async pull(id: string, timeoutMs: number, limit: number): Promise<EventMessage[] | null> {
    const point = this.#find(id);
    if (point === null) return null;
    if (point.queue.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        point.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#find(id) === null ? null : point.queue.splice(0, limit);
  }

  #find(id: string): PullPoint | null {
    const point = this.#points.get(id);
    if (point === undefined) return null;
    if (performance.now() < point.expiresAt) return point;
    this.#points.delete(id);
    return null;
  }
}

/** What a camera tells of this state; null for what it does not tell. */
function eventOf(
  { meanings, source }: Input,
  state: boolean,
  now: number,
  operation: 'Initialized' | 'Changed',
): EventMessage | null {
  const [meaning] = meanings;
  if (meaning === undefined) return null;
  const topic = meaning.topic.endsWith('/') ? `${meaning.topic}ImagingService` : meaning.topic;
  const common = { topic, at: now, source: new Map([['Source', source ?? 'VideoSource_1']]) };
  if (meaning.isPulse === true) {
    const data = new Map([['ObjectId', '17']]);
    return state && operation === 'Changed' ? { ...common, operation: null, data } : null;
  }
  return { ...common, operation, data: new Map([[meaning.items[0] ?? 'State', String(state)]]) };
}
