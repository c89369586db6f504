import type { CountReply } from '../domain/goods/documents.ts';
import { Overlay } from '../domain/overlay.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { Documents, Part } from './part.ts';
import { listIn, numberIn, orNullIn, textIn, wordIn } from './state-fields.ts';

type Outcome = CountReply['result'];

/** A count as it is remembered. Figures of one that is not complete say only what was reached. */
export type Counted = {
  /** When it was on record, evidence time, ms. */
  readonly at: number;
  readonly result: Outcome;
  readonly what: CountReply['what'];
  readonly expected: number;
  readonly seen: number;
  readonly missing: number;
  readonly unexpected: number;
  /** Of the last one alone: why it is not complete. */
  readonly reason: string;
};

/** Of one zone or receipt. `complete` is the last that was: an incomplete one is no smaller count. */
export type Counts = { readonly last: Counted; readonly complete: Counted | null };

const RESULTS: readonly Outcome[] = ['complete', 'incomplete', 'refused'];
const WHATS: readonly CountReply['what'][] = ['rfid-count', 'snapshot', 'weigh', 'manual'];

/** What was counted of zones and receipts. */
export class CountsTaken implements Part {
  readonly #counts = new Overlay<string, Counts>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor(state: Value | null) {
    for (const row of state === null ? [] : listIn(state)) {
      const [subject, last, complete] = listIn(row);
      const counts = { last: decodeCounted(last ?? null), complete: orNullIn(complete, decodeCounted) };
      this.#counts.set(textIn(subject), counts);
    }
    this.#counts.commit();
  }

  /** @param subject id of a zone or of a receipt */
  of(subject: string): Counts | null {
    return this.#counts.get(subject) ?? null;
  }

  take({ t, type, body }: LogRecord, documents: Documents): void {
    if (type === RecordType.statement && body[0] === StatementKind.count) {
      const document = body[3] instanceof Uint8Array ? documents(body[3]) : null;
      if (document?.kind === 'count') this.#count(document, t);
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      const a = Number(body[1]);
      for (const [subject, { last, complete }] of this.#counts.entries()) {
        const moved = complete && { ...complete, at: complete.at + a };
        this.#counts.set(subject, { last: { ...last, at: last.at + a }, complete: moved });
      }
    }
  }

  commit(): void {
    this.#counts.commit();
  }

  discard(): void {
    this.#counts.discard();
  }

  encode(): Value {
    const rows = [...this.#counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([subject, { last, complete }]) => [
      subject,
      encodeCounted(last),
      complete && encodeCounted(complete),
    ]);
  }

  #count(
    { receipt, zone, result, what, expected, seen, missing, unexpected, reason }: CountReply,
    t: number,
  ): void {
    // A picture, a weight and a refusal count nothing.
    if (result === 'refused' || what === 'snapshot' || what === 'weigh') return;
    const last = { at: t, result, what, expected, seen, missing, unexpected, reason };
    const subject = receipt ?? zone;
    const complete = result === 'complete' ? last : (this.of(subject)?.complete ?? null);
    this.#counts.set(subject, { last, complete });
  }
}

function encodeCounted(c: Counted): Value {
  return [c.at, c.result, c.what, c.expected, c.seen, c.missing, c.unexpected, c.reason];
}

function decodeCounted(value: Value): Counted {
  const [at, result, what, expected, seen, missing, unexpected, reason] = listIn(value);
  return {
    at: numberIn(at),
    result: wordIn(RESULTS, result),
    what: wordIn(WHATS, what),
    expected: numberIn(expected),
    seen: numberIn(seen),
    missing: numberIn(missing),
    unexpected: numberIn(unexpected),
    reason: textIn(reason),
  };
}
