import type { SqliteArchive } from '../../buffer/archive.ts';
import type { StoredSegment } from '../../buffer/stored.ts';
import { EVENTS_SLOT, RecordType, isAct } from '../../domain/record.ts';
import { readOrder } from '../../evidence/erasing-act.ts';
import type { ActRef } from '../recording/erasure-order.ts';
import { recordsOfSegment, unsealedRecords } from '../recording/record-walk.ts';

/** The act that erased something: who, when and why, and the time it named. */
export type ErasingAct = {
  readonly t: number;
  readonly seq: number;
  readonly actor: number;
  readonly role: string;
  readonly reason: string;
  readonly from: number;
  readonly to: number;
};

export type ErasedSpan = {
  readonly from: number;
  readonly to: number;
  readonly act: Omit<ErasingAct, 'from' | 'to'> | null;
};

/** The act that is named as the reason of an erasure; null when the journal has no such act. */
export function erasingAct(archive: SqliteArchive, { block, seq }: ActRef): ErasingAct | null {
  const sealed = archive.segment(block, EVENTS_SLOT);
  const records =
    sealed === null
      ? unsealedRecords(archive, (row) => row.no === block)
      : recordsOfSegment(EVENTS_SLOT, sealed);
  for (const record of records) {
    const { slot, type, t, body } = record;
    if (slot !== EVENTS_SLOT || record.seq !== seq || type !== RecordType.act || !isAct(body)) continue;
    const order = readOrder(body);
    if (order === null) return null;
    const [actor, role, , , , , reason] = body;
    return { t, seq, actor, role, reason, from: order.from, to: order.to };
  }
  return null;
}

/** Times of one stream whose records are gone, each with its act, as segments go by in order. */
export class ErasedSpans {
  readonly #archive: SqliteArchive;
  readonly #from: number;
  readonly #to: number;
  readonly #acts = new Map<string, ErasingAct | null>();
  readonly list: ErasedSpan[] = [];

  /** Of the time [from, to), ms. */
  constructor(archive: SqliteArchive, from: number, to: number) {
    this.#archive = archive;
    this.#from = from;
    this.#to = to;
  }

  note({ no, erased }: StoredSegment): void {
    if (erased === null) return;
    const block = this.#archive.block(no);
    if (block === null) return;
    const found = this.#actOf(erased.act);
    const from = Math.max(this.#from, block.t0, found?.from ?? 0);
    const to = Math.min(this.#to, block.t1, found?.to ?? Number.MAX_SAFE_INTEGER);
    if (from >= to) return;
    const act = found === null ? null : shownAct(found);
    const last = this.list.at(-1);
    if (last?.to === from && last.act?.seq === act?.seq) this.list[this.list.length - 1] = { ...last, to };
    else this.list.push({ from, to, act });
  }

  #actOf(ref: ActRef): ErasingAct | null {
    const key = `${ref.block}/${ref.seq}`;
    const known = this.#acts.get(key);
    if (known !== undefined) return known;
    const found = erasingAct(this.#archive, ref);
    this.#acts.set(key, found);
    return found;
  }
}

function shownAct({ t, seq, actor, role, reason }: ErasingAct): ErasedSpan['act'] {
  return { t, seq, actor, role, reason };
}
