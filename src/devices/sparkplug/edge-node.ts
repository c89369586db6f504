import type { DeviceErrorCode } from '../../domain/errors.ts';
import type { Metric, Payload } from './codec.ts';
import type { Kind } from './topic.ts';

/** A metric under the name and data type that its birth gave it. */
export type Named = { readonly name: string; readonly datatype: number; readonly metric: Metric };

/** What a message means; `device` is null for the edge node itself. */
export type NodeEvent =
  | {
      readonly is: 'values';
      readonly device: string | null;
      readonly metrics: readonly Named[];
      /** ms since 1970, of metrics that have none of their own. */
      readonly timestamp: bigint | null;
      readonly isBirth: boolean;
    }
  /** Nothing is known of its values any more; of the node itself: of none of its devices. */
  | { readonly is: 'gone'; readonly device: string | null; readonly why: string }
  | {
      readonly is: 'refused';
      readonly device: string | null;
      readonly code: DeviceErrorCode;
      readonly detail: string;
    }
  /** Only a new birth can tell. */
  | { readonly is: 'ask'; readonly why: string };

type Message = { readonly kind: Kind; readonly device: string | null; readonly payload: Payload };
type Declared = { readonly device: string | null; readonly name: string; readonly datatype: number };

/** Messages that may overtake one another; behind more than that one is lost. */
const MOST_HELD = 32;
const MOST_SEQ = 255n;
const BD_SEQ = 'bdSeq';

/**
 * One edge node as its messages tell (Sparkplug 3.0, 5 and 6.4): births declare names, types and
 * aliases, `seq` runs over all its messages but deaths, and a death counts only for the session whose
 * `bdSeq` it bears. After a gap nothing is believed until the next birth: the message that is missing
 * may have given an alias another meaning. Times are monotonic ms.
 */
export class EdgeNode {
  readonly #reorderMs: number;
  #isBorn = false;
  #bdSeq: bigint | null = null;
  #next = 0;
  /** Declared metrics by device ('' is the node itself) and name. */
  readonly #declared = new Map<string, Map<string, Declared>>();
  /** Null for an alias that stands for two metrics. */
  readonly #aliases = new Map<bigint, Declared | null>();
  readonly #held = new Map<number, Message>();
  #heldSince = 0;
  /** Devices of before the node's birth that were not born again yet, and until when they may be. */
  readonly #awaited = new Map<string, number>();

  /** @param reorderMs how long a message may be late behind those that were sent after it */
  constructor(reorderMs: number) {
    this.#reorderMs = reorderMs;
  }

  /** The data type that its birth gave a metric; null for one of no birth. @param device null for the node itself */
  typeOf(device: string | null, metric: string): number | null {
    return this.#declared.get(device ?? '')?.get(metric)?.datatype ?? null;
  }

  get isBorn(): boolean {
    return this.#isBorn;
  }

  take(message: Message, now: number): NodeEvent[] {
    if (message.kind === 'NBIRTH') return this.#bear(message.payload, now);
    if (message.kind === 'NDEATH') return this.#die(message.payload);
    const { kind, device } = message;
    if (!this.#isBorn)
      return [refused(device, 'REFUSED', `${kind} before a birth`), ask('no birth was heard')];
    const { seq } = message.payload;
    if (seq === null || seq > MOST_SEQ) {
      return [refused(device, 'MALFORMED', `${kind} with seq ${seq ?? 'left out'}, expected 0 to 255`)];
    }
    const ahead = (Number(seq) - this.#next) & 0xff;
    if (ahead === 0) return this.#inOrder(message, now);
    // What comes again, or so late that it was given up.
    if (ahead >= 128) return [refused(device, 'REFUSED', `${kind} with seq ${seq} behind ${this.#next}`)];
    if (this.#held.size === 0) this.#heldSince = now;
    this.#held.set(Number(seq), message);
    return this.#held.size > MOST_HELD ? this.#lose() : [];
  }

  /** What is due without a message. */
  tick(now: number): NodeEvent[] {
    const events: NodeEvent[] = [];
    if (this.#held.size > 0 && now - this.#heldSince >= this.#reorderMs) events.push(...this.#lose());
    for (const [device, until] of this.#awaited) {
      if (now < until) continue;
      this.#awaited.delete(device);
      events.push({ is: 'gone', device, why: 'not born again' });
    }
    return events;
  }

  /** Messages may have been missed: nothing counts until the next birth. */
  forget(): void {
    this.#isBorn = false;
    this.#held.clear();
    this.#awaited.clear();
    this.#declared.clear();
    this.#aliases.clear();
  }

  #bear(payload: Payload, now: number): NodeEvent[] {
    const { seq } = payload;
    if (seq === null || seq > MOST_SEQ) {
      return [refused(null, 'MALFORMED', `NBIRTH with seq ${seq ?? 'left out'}, expected 0 to 255`)];
    }
    const before = [...this.#declared.keys()].filter((device) => device !== '');
    this.forget();
    for (const device of before) this.#awaited.set(device, now + this.#reorderMs);
    this.#isBorn = true;
    this.#next = (Number(seq) + 1) & 0xff;
    const value = payload.metrics.find((m) => m.name === BD_SEQ)?.value;
    this.#bdSeq = value?.is === 'long' || value?.is === 'int' ? value.v : null;
    return this.#declare(null, payload);
  }

  #die(payload: Payload): NodeEvent[] {
    const value = payload.metrics.find((m) => m.name === BD_SEQ)?.value;
    const bdSeq = value?.is === 'long' || value?.is === 'int' ? value.v : null;
    if (this.#isBorn && bdSeq !== null && this.#bdSeq !== null && bdSeq !== this.#bdSeq) {
      // The broker found the old connection dead after the node had come back on a new one.
      return [refused(null, 'REFUSED', `NDEATH of session ${bdSeq}, the node is in ${this.#bdSeq}`)];
    }
    this.forget();
    return [{ is: 'gone', device: null, why: 'node death' }];
  }

  #inOrder(message: Message, now: number): NodeEvent[] {
    const events = this.#apply(message);
    this.#next = (this.#next + 1) & 0xff;
    for (let held = this.#held.get(this.#next); held !== undefined; held = this.#held.get(this.#next)) {
      this.#held.delete(this.#next);
      this.#heldSince = now;
      events.push(...this.#apply(held));
      this.#next = (this.#next + 1) & 0xff;
    }
    return events;
  }

  #lose(): NodeEvent[] {
    const detail = `a message with seq ${this.#next} is missing`;
    this.forget();
    return [refused(null, 'REFUSED', detail), { is: 'gone', device: null, why: 'sequence gap' }, ask(detail)];
  }

  #apply({ kind, device, payload }: Message): NodeEvent[] {
    if (kind === 'DBIRTH') return this.#declare(device, payload);
    if (kind === 'DDEATH') {
      this.#undeclare(device);
      return [{ is: 'gone', device, why: 'device death' }];
    }
    const known = this.#declared.get(device ?? '');
    if (known === undefined)
      return [refused(device, 'REFUSED', `${kind} before a birth`), ask('no device birth')];
    const events: NodeEvent[] = [];
    const metrics: Named[] = [];
    for (const metric of payload.metrics) {
      const found = this.#find(metric, device, known);
      if (typeof found === 'string') events.push(refused(device, 'REFUSED', found), ask(found));
      else if (metric.datatype !== null && metric.datatype !== found.datatype) {
        const detail = `${found.name} is of type ${metric.datatype}, and was born with ${found.datatype}`;
        events.push(refused(device, 'MALFORMED', detail));
      } else metrics.push({ name: found.name, datatype: found.datatype, metric });
    }
    events.push({ is: 'values', device, metrics, timestamp: payload.timestamp, isBirth: false });
    return events;
  }

  #find(metric: Metric, device: string | null, known: ReadonlyMap<string, Declared>): Declared | string {
    if (metric.name !== null)
      return known.get(metric.name) ?? `metric ${metric.name.slice(0, 60)} is of no birth`;
    if (metric.alias === null) return 'a metric with neither name nor alias';
    const found = this.#aliases.get(metric.alias);
    if (found === null) return `alias ${metric.alias} stands for two metrics`;
    return found?.device === device ? found : `alias ${metric.alias} is of no birth`;
  }

  #declare(device: string | null, payload: Payload): NodeEvent[] {
    this.#undeclare(device);
    const events: NodeEvent[] = [];
    const metrics: Named[] = [];
    const own = new Map<string, Declared>();
    this.#declared.set(device ?? '', own);
    for (const metric of payload.metrics) {
      const { name, datatype, alias } = metric;
      if (name === null || datatype === null) {
        events.push(
          refused(device, 'MALFORMED', `a birth of a metric without ${name === null ? 'name' : 'type'}`),
        );
        continue;
      }
      const declared = { device, name, datatype };
      own.set(name, declared);
      if (alias !== null) this.#aliases.set(alias, this.#aliases.has(alias) ? null : declared);
      metrics.push({ name, datatype, metric });
    }
    events.push({ is: 'values', device, metrics, timestamp: payload.timestamp, isBirth: true });
    return events;
  }

  #undeclare(device: string | null): void {
    this.#declared.delete(device ?? '');
    if (device !== null) this.#awaited.delete(device);
    for (const [alias, declared] of this.#aliases)
      if (declared?.device === device) this.#aliases.delete(alias);
  }
}

function refused(device: string | null, code: DeviceErrorCode, detail: string): NodeEvent {
  return { is: 'refused', device, code, detail };
}

function ask(why: string): NodeEvent {
  return { is: 'ask', why };
}
