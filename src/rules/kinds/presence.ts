import type { GoodsFacts } from '../../domain/goods/facts.ts';
import { isAct, RecordType, type LogRecord } from '../../domain/record.ts';
import type { OpenStream } from '../../domain/stream.ts';
import type { Fields } from '../fields.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { epcOf, lateAt, readEpcs } from '../tags.ts';
import { readCount, readDuration } from '../values.ts';
import { numberIn, shiftAt, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Places in the cells: the reference tag last seen, and since when without a gap; then EPC and when last seen, of each tag. */
const REFERENCE_AT = 0;
const SEEING_SINCE = 1;
const TAGS = 2;
const WIDTH = 2;
/** So many tags are followed at one read point; more are not, and then nothing is known. */
const MOST_TAGS = 2000;

/** What a person does about tags that went rightly. */
const FORGET = 'forget';

type Wanted = {
  readonly lostMs: number;
  /** Tags lost of so many that are followed raise. */
  readonly enough: (followed: number) => number;
  readonly isReference: ((epc: string) => boolean) | null;
  readonly isGoods: (epc: string) => boolean;
};

/**
 * Tags that were at a read point and are not seen `for: 10m`: `lost: 3 tags`, or `5 %` of those followed,
 * whichever is less where both are given. Only while its `reference` tag is seen: silence of a reader is
 * not absence. A tag is followed once seen; a person's act `forget` on the read point drops those lost.
 */
export const presence: Kind = {
  about: 'point',
  keys: ['lost', 'for', 'reference', 'tags'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level, streams) {
    const lostMs = readDuration(level, 'for', 1);
    const enough = readEnough(level);
    const isReference = level.has('reference') ? readEpcs(level, 'reference') : null;
    const isGoods = level.has('tags') ? readEpcs(level, 'tags') : (): boolean => true;
    if (lostMs === null || enough === null || isGoods === null) return null;
    if (level.has('reference') && isReference === null) return null;
    const slow = streams.find((s) => s.maxGapMs > lostMs);
    if (slow !== undefined) {
      return level.fail(
        'for',
        `is shorter than a tag at ${slow.id} is taken to be there (${slow.maxGapMs}ms)`,
      );
    }
    return (stream) => presenceAt(stream, { lostMs, enough, isReference, isGoods });
  },
};

function readEnough(level: Fields): Wanted['enough'] | null {
  const raw = level.raw('lost');
  if (raw === undefined) return level.missing('lost', 'how many, such as 3 tags, 5 % or [3 tags, 5 %]');
  const parts: ((followed: number) => number)[] = [];
  for (const item of Array.isArray(raw) ? raw : [raw]) {
    const tags = readCount(item, 'tag');
    const percent =
      typeof item === 'string' ? Number(/^(\d{1,2}(?:\.\d+)?)\s*%$/.exec(item)?.[1]) : Number.NaN;
    if (tags !== null && tags >= 1) parts.push(() => tags);
    else if (percent > 0) parts.push((followed) => Math.max(1, Math.ceil((followed * percent) / 100)));
    else return level.fail('lost', 'must be such as 3 tags, 5 % or [3 tags, 5 %]');
  }
  if (parts.length === 0) return level.fail('lost', 'names no number');
  return (followed) => Math.min(...parts.map((part) => part(followed)));
}

function presenceAt(stream: OpenStream, wanted: Wanted): Condition {
  const { lostMs, isReference } = wanted;
  const judge = (cells: readonly Cell[], t: number): Signal => {
    const reference = numberIn(cells, REFERENCE_AT);
    if (reference === null) return isReference === null ? Signal.unknown : Signal.notYet;
    const followed = (cells.length - TAGS) / WIDTH;
    if (followed > MOST_TAGS) return Signal.unknown;
    const since = numberIn(cells, SEEING_SINCE) ?? t;
    let lost = 0;
    for (let i = TAGS; i < cells.length; i += WIDTH) {
      // Gone while the reader is known to have looked: it saw its reference tag later than this one.
      const seen = Math.max(numberIn(cells, i + 1) ?? t, since);
      if (t - seen >= lostMs && reference > seen) lost++;
    }
    if (lost > 0 && lost >= wanted.enough(followed)) return Signal.raise;
    return lost === 0 ? Signal.clear : Signal.hold;
  };
  return remembers({
    inputs: [],
    records: [RecordType.observation, RecordType.round, RecordType.statement, RecordType.act],
    acts: [FORGET],
    meaning: 'presence',
    fresh: () => [null, null],
    take: (cells, happening) => {
      const { is, t } = happening;
      if (is === 'start') {
        cells[REFERENCE_AT] = null;
        return Signal.notYet;
      }
      if (is === 'time') {
        // The reader was not seen to work for longer than one observation speaks.
        cells[REFERENCE_AT] = null;
        return Signal.unknown;
      }
      if (is === 'record' && !note(cells, happening.record, stream, wanted)) return null;
      if (is !== 'record') return null;
      if (happening.goods !== null) forgetTaken(cells, happening.goods);
      return judge(cells, t);
    },
    due: (cells) => (numberIn(cells, REFERENCE_AT) ?? Infinity) + stream.maxGapMs + 1,
    shift: (cells, a) => {
      shiftAt(cells, a, REFERENCE_AT, SEEING_SINCE);
      for (let i = TAGS; i < cells.length; i += WIDTH) {
        cells[i + 1] = (numberIn(cells, i + 1) ?? 0) + a;
      }
    },
  });
}

function note(cells: Cell[], record: LogRecord, stream: OpenStream, wanted: Wanted): boolean {
  const { type, slot, body, t } = record;
  if (type === RecordType.act) return isAct(body) && forget(cells, body, stream, t, wanted.lostMs);
  if (type === RecordType.statement) {
    const isIll = body[1] === stream.dev && body[2] === 0;
    if (isIll) cells[REFERENCE_AT] = null;
    return isIll;
  }
  if (slot !== stream.slot) return false;
  if (type === RecordType.round) {
    // Without a reference tag a round that saw something is all that tells of a reader that works.
    if (wanted.isReference === null && Number(body[0]) > 0) looked(cells, t);
    return true;
  }
  const epc = epcOf(body);
  if (epc === null) return false;
  const at = lateAt(body);
  if (wanted.isReference?.(epc) === true) {
    // What came late says that a tag was there, not that the reader looks now.
    if (at === null) looked(cells, t);
    return true;
  }
  if (wanted.isReference === null && at === null) looked(cells, t);
  if (!wanted.isGoods(epc)) return false;
  for (let i = TAGS; i < cells.length; i += WIDTH) {
    if (cells[i] !== epc) continue;
    cells[i + 1] = Math.max(numberIn(cells, i + 1) ?? 0, at ?? t);
    return true;
  }
  if ((cells.length - TAGS) / WIDTH <= MOST_TAGS) cells.push(epc, at ?? t);
  return true;
}

/** The reader is known to look; time in which it did not is no tag's absence. */
function looked(cells: Cell[], t: number): void {
  if (cells[REFERENCE_AT] === null) cells[SEEING_SINCE] = t;
  cells[REFERENCE_AT] = t;
}

/** Goods that are on record as taken out, by a person or under a release, are not lost. */
function forgetTaken(cells: Cell[], goods: GoodsFacts): void {
  for (let i = cells.length - WIDTH; i >= TAGS; i -= WIDTH) {
    if (goods.item(String(cells[i]))?.zone === '') cells.splice(i, WIDTH);
  }
}

function forget(
  cells: Cell[],
  [, , verb, object, , , , result]: readonly unknown[],
  { id }: OpenStream,
  t: number,
  lostMs: number,
): boolean {
  if (verb !== FORGET || object !== id || result !== 0) return false;
  for (let i = cells.length - WIDTH; i >= TAGS; i -= WIDTH) {
    if (t - (numberIn(cells, i + 1) ?? t) >= lostMs) cells.splice(i, WIDTH);
  }
  return true;
}
