import type { HandOver, HandOverException, HandOverSignature } from '../domain/goods/documents.ts';
import type { HandOverFact, HandOverState, Signed } from '../domain/goods/hand-over.ts';
import { Overlay } from '../domain/overlay.ts';
import {
  isAct,
  RecordType,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import { readDocument, writeDocument } from './document-reader.ts';
import { hexOf } from '../domain/hex.ts';
import type { Documents, Part } from './part.ts';
import { refOf } from './sources.ts';
import { listIn, numberIn, orNullIn, refIn, textIn } from './state-fields.ts';

/** What people do about hand-overs, by the verb of the act: its object is a party (`new` its key), or a hand-over. */
export const HAND_OVER_VERBS = {
  trust: 'trust-key',
  distrust: 'distrust-key',
  settle: 'settle-hand-over',
} as const;

type Row = Omit<HandOverFact, 'state'>;

/** So many that are complete are remembered; of older ones the journal tells. */
const MOST_COMPLETE = 1000;
const EXCEPTION_CELLS = 7;

/** Goods that pass from hand to hand, who signed for it, and whose keys are trusted. */
export class HandOvers implements Part {
  readonly #rows = new Overlay<string, Row>();
  /** Keys of a party, with blanks between. */
  readonly #keys = new Overlay<string, string>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor(state: Value | null) {
    const [rows, keys] = state === null ? [[], []] : listIn(state).map(listIn);
    for (const row of rows ?? []) {
      const one = decodeRow(row);
      this.#rows.set(one.id, one);
    }
    for (const row of keys ?? []) {
      const [party, own] = listIn(row);
      this.#keys.set(textIn(party), textIn(own));
    }
    this.commit();
  }

  get(id: string): HandOverFact | null {
    const row = this.#rows.get(id);
    return row === undefined ? null : { ...row, state: stateOf(row) };
  }

  /** The newest first. */
  list(): readonly HandOverFact[] {
    const rows = [...this.#rows.entries()].map(([, row]) => ({ ...row, state: stateOf(row) }));
    return rows.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  /** Ed25519 keys that a party signs with, in hexadecimal digits. */
  keysOf(party: string): readonly string[] {
    return (this.#keys.get(party) ?? '').split(' ').filter((key) => key !== '');
  }

  take(record: LogRecord, documents: Documents): void {
    const { type, body } = record;
    if (type === RecordType.act && isAct(body)) this.#act(body);
    else if (type === RecordType.system && body[0] === SystemCode.clockStepped) this.#shift(Number(body[1]));
    else if (type === RecordType.statement && body[0] === StatementKind.handOver) {
      const sha256 = body[3];
      const document = sha256 instanceof Uint8Array ? documents(sha256) : null;
      if (!(sha256 instanceof Uint8Array) || document === null) return;
      if (document.kind === 'hand-over') this.#begin(document, hexOf(sha256), record);
      else if (document.kind === 'signature') this.#sign(document, record);
      else if (document.kind === 'exception') this.#object(document, record);
    }
  }

  commit(): void {
    this.#rows.commit();
    this.#keys.commit();
  }

  discard(): void {
    this.#rows.discard();
    this.#keys.discard();
  }

  encode(): Value {
    const rows = [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    const keys = [...this.#keys.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    if (rows.length === 0 && keys.length === 0) return [[], []];
    return [rows.map(([, row]) => encodeRow(row)), keys];
  }

  #begin(terms: HandOver, sha256: string, record: LogRecord): void {
    // What was signed stays what it was; another text needs another id.
    if (this.#rows.get(terms.handOver) !== undefined) return;
    const ref = refOf(record);
    const fresh = { giver: null, taker: null, exceptions: [], isSettled: false };
    this.#rows.set(terms.handOver, { id: terms.handOver, sha256, terms, at: record.t, ref, ...fresh });
    this.#forgetOld();
  }

  #sign({ handOver, document, by, party, key }: HandOverSignature, record: LogRecord): void {
    const row = this.#rows.get(handOver);
    if (row === undefined || row.sha256 !== document || row.terms[by] !== party || row[by] !== null) return;
    this.#rows.set(handOver, { ...row, [by]: { key, at: record.t, ref: refOf(record) } });
  }

  #object({ handOver, by, code, note, pictures }: HandOverException, record: LogRecord): void {
    const row = this.#rows.get(handOver);
    if (row === undefined) return;
    const one = { by, code, note, pictures, at: record.t, ref: refOf(record) };
    this.#rows.set(handOver, { ...row, exceptions: [...row.exceptions, one], isSettled: false });
  }

  #act([, , verb, object, , new_, , result]: readonly Value[]): void {
    if (result !== 0 || typeof object !== 'string') return;
    const row = this.#rows.get(object);
    if (verb === HAND_OVER_VERBS.settle && row !== undefined)
      this.#rows.set(object, { ...row, isSettled: true });
    if (typeof new_ !== 'string') return;
    const others = this.keysOf(object).filter((key) => key !== new_);
    if (verb === HAND_OVER_VERBS.trust) this.#keys.set(object, [...others, new_].sort().join(' '));
    if (verb === HAND_OVER_VERBS.distrust) this.#keys.set(object, others.join(' '));
  }

  #forgetOld(): void {
    const complete = this.list().filter(({ state }) => state === 'complete');
    for (const { id } of complete.slice(MOST_COMPLETE)) this.#rows.delete(id);
  }

  #shift(a: number): void {
    const signed = (one: Signed | null): Signed | null => one && { ...one, at: one.at + a };
    for (const [id, row] of this.#rows.entries()) {
      const exceptions = row.exceptions.map((one) => ({ ...one, at: one.at + a }));
      const hands = { giver: signed(row.giver), taker: signed(row.taker) };
      this.#rows.set(id, { ...row, ...hands, exceptions, at: row.at + a });
    }
  }
}

function stateOf({ giver, taker, exceptions, isSettled }: Row): HandOverState {
  if (exceptions.length > 0 && !isSettled) return 'disputed';
  return giver !== null && taker !== null ? 'complete' : 'incomplete';
}

function encodeRow({ sha256, terms, at, ref, giver, taker, exceptions, isSettled }: Row): Value {
  return [
    sha256,
    writeDocument(terms),
    at,
    ref.slot,
    ref.seq,
    encodeSigned(giver),
    encodeSigned(taker),
    // One after another: a state nests no deeper.
    exceptions.flatMap((e) => [e.by, e.code, e.note, e.pictures.join(' '), e.at, e.ref.slot, e.ref.seq]),
    isSettled ? 1 : 0,
  ];
}

function encodeSigned(signed: Signed | null): Value {
  return signed && [signed.key, signed.at, signed.ref.slot, signed.ref.seq];
}

function decodeRow(value: Value): Row {
  const [sha256, document, at, slot, seq, giver, taker, exceptions, settled] = listIn(value);
  const read = document instanceof Uint8Array ? readDocument(document) : null;
  if (read?.ok !== true || read.value.kind !== 'hand-over') throw new TypeError('goods: no hand-over');
  const terms = read.value;
  return {
    id: terms.handOver,
    sha256: textIn(sha256),
    terms,
    at: numberIn(at),
    ref: refIn(slot, seq),
    giver: orNullIn(giver, decodeSigned),
    taker: orNullIn(taker, decodeSigned),
    exceptions: exceptionsIn(listIn(exceptions)),
    isSettled: settled === 1,
  };
}

function exceptionsIn(cells: readonly Value[]): Row['exceptions'] {
  return Array.from({ length: cells.length / EXCEPTION_CELLS }, (_, i) => {
    const from = i * EXCEPTION_CELLS;
    const [by, code, note, pictures, at, slot, seq] = cells.slice(from, from + EXCEPTION_CELLS);
    return {
      by: textIn(by),
      code: textIn(code),
      note: textIn(note),
      pictures: textIn(pictures)
        .split(' ')
        .filter((digest) => digest !== ''),
      at: numberIn(at),
      ref: refIn(slot, seq),
    };
  });
}

function decodeSigned(value: Value): Signed {
  const [key, at, slot, seq] = listIn(value);
  return { key: textIn(key), at: numberIn(at), ref: refIn(slot, seq) };
}
