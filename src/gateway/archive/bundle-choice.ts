import type { BundleAsk, BundleSelect, BundleWish } from '../../domain/bundle-wish.ts';
import type { StreamRow } from '../../domain/commit.ts';
import { suggestion } from '../../domain/nearest.ts';
import { formatScaled, scale } from '../../domain/units.ts';
import { decodeDescriptor, type Descriptor } from '../../evidence/descriptor.ts';
import type { LeafPick } from '../../evidence/leaf-pick.ts';
import type { Question } from '../../evidence/question.ts';
import type { Had } from '../keys/policy.ts';

/** The question, all streams disclosed with it, and which leaves a partial bundle shows. */
export type BundleChoice = {
  readonly question: Question;
  readonly slots: readonly number[];
  readonly pick: LeafPick;
};

/** A wish in which goods are where they lay: `sources` are streams or devices that are shown, too. */
export type PlacedWish = Omit<BundleWish, 'select'> & {
  readonly select:
    | Exclude<BundleSelect, { kind: 'receipt' | 'lot' }>
    | { readonly kind: 'places'; readonly zones: readonly string[]; readonly sources: readonly string[] };
};

type Row = StreamRow & { readonly d: Descriptor };

/**
 * What a wish comes to in this journal.
 * @param blocks [a, b) that meet the window: a stream of a zone is one that was there in one of them
 */
export function chooseStreams(
  wish: PlacedWish,
  streams: readonly StreamRow[],
  blocks: { readonly a: number; readonly b: number },
): Had<BundleChoice> {
  const rows = streams.filter((r) => r.slot > 0).map((r) => ({ ...r, d: decodeDescriptor(r.descriptor) }));
  const selected = select(wish.select, rows, blocks);
  if (!selected.ok) return selected;
  const slots = slotsOf(selected.value);
  const question =
    wish.ask.kind === 'present'
      ? presentQuestion(wish, wish.ask, selected.value)
      : rangeQuestion(wish, wish.ask, selected.value);
  if (!question.ok) return question;
  const pick = pickOf(wish, question.value);
  return pick.ok ? { ok: true, value: { question: question.value, slots, pick: pick.value } } : pick;
}

function select(
  wanted: PlacedWish['select'],
  rows: readonly Row[],
  { a, b }: { readonly a: number; readonly b: number },
): Had<readonly Row[]> {
  if (wanted.kind === 'streams') {
    const found: Row[] = [];
    for (const id of wanted.ids) {
      const row = rows.findLast(({ dev, ch }) => `${dev}/${ch}` === id);
      if (row === undefined) {
        const known = rows.map((r) => `${r.dev}/${r.ch}`);
        return { ok: false, why: `there is no stream ${id}${suggestion(id, [...new Set(known)])}` };
      }
      found.push(row);
    }
    return { ok: true, value: found };
  }
  const held = rows.filter((r) => r.openedBlock < b && (r.closedBlock ?? Number.POSITIVE_INFINITY) > a);
  if (wanted.kind === 'readPoints') {
    const points = held.filter((r) => r.d.kind === 2);
    return points.length > 0
      ? { ok: true, value: points }
      : { ok: false, why: 'no tag reader was there at that time' };
  }
  if (wanted.kind === 'places') {
    const { zones, sources } = wanted;
    const shown = held.filter(
      ({ d, dev, ch }) =>
        zones.includes(d.place) || sources.includes(dev) || sources.includes(`${dev}/${ch}`),
    );
    if (shown.length > 0) return { ok: true, value: shown };
    return { ok: false, why: `no stream was in ${zones.join(', ')} at that time` };
  }
  const there = held.filter((r) => r.d.place === wanted.zone);
  if (there.length > 0) return { ok: true, value: there };
  const places = [...new Set(rows.map((r) => r.d.place).filter((place) => place !== ''))];
  const known = places.includes(wanted.zone);
  const why = known
    ? `no stream was in zone ${wanted.zone} at that time`
    : `there is no zone ${wanted.zone}${suggestion(wanted.zone, places)}`;
  return { ok: false, why };
}

function presentQuestion(
  { from, to }: PlacedWish,
  { epc, maxGapMs, allowGapMs }: Extract<BundleAsk, { kind: 'present' }>,
  rows: readonly Row[],
): Had<Question> {
  const points = rows.filter((r) => r.d.kind === 2);
  const [first] = points;
  if (first === undefined) return { ok: false, why: 'none of these streams is a tag reader' };
  const slots = slotsOf(points);
  const gap = maxGapMs ?? Math.max(...points.map((r) => r.d.maxGapMs));
  return { ok: true, value: { kind: 'present', from, to, slots, epc, maxGapMs: gap, allowGapMs } };
}

function rangeQuestion(
  wish: PlacedWish,
  ask: Extract<BundleAsk, { kind: 'range' }>,
  rows: readonly Row[],
): Had<Question> {
  const measured = rows.filter((r) => r.d.kind === 1);
  const asked = wish.select.kind === 'streams' ? rows : ofOneUnit(measured, ask.unit);
  const [first] = asked;
  if (first === undefined) return { ok: false, why: noneOf(ask.unit, measured) };
  const { unit, exp } = first.d;
  const id = `${first.dev}/${first.ch}`;
  const other = asked.find((r) => r.d.unit !== unit || r.d.exp !== exp);
  if (other !== undefined) {
    const why = `${id} is in ${unit} and ${other.dev}/${other.ch} in ${other.d.unit} with other decimals; export them one by one`;
    return { ok: false, why };
  }
  if (ask.unit !== null && ask.unit !== unit)
    return { ok: false, why: `${id} is in ${unit}, not in ${ask.unit}` };
  const hasLimit = ask.min !== null || ask.max !== null;
  const units = new Set(measured.map((r) => `${r.d.unit} ${r.d.exp}`));
  if (wish.select.kind === 'zone' && hasLimit && ask.unit === null && units.size > 1) {
    const known = [...new Set(measured.map((r) => r.d.unit))].join(', ');
    return {
      ok: false,
      why: `zone ${wish.select.zone} is measured in ${known}: say which unit the limits are in`,
    };
  }
  const min = ask.min === null ? Number.MIN_SAFE_INTEGER : scale(ask.min, exp);
  const max = ask.max === null ? Number.MAX_SAFE_INTEGER : scale(ask.max, exp);
  if (min === null || max === null) {
    const why = `a limit has more decimals than ${id}, which has steps of ${formatScaled(1, exp)}`;
    return { ok: false, why };
  }
  if (min > max) return { ok: false, why: 'the lower limit lies above the upper one' };
  const { from, to } = wish;
  const maxGapMs = ask.maxGapMs ?? Math.max(...asked.map((r) => r.d.maxGapMs));
  const { allowOutMs, allowGapMs } = ask;
  const window = { kind: 'range', from, to, slots: slotsOf(asked) } as const;
  return { ok: true, value: { ...window, unit, exp, min, max, maxGapMs, allowOutMs, allowGapMs } };
}

/** One question is about one unit: that which was named, else the one that most streams share. */
function ofOneUnit(rows: readonly Row[], unit: string | null): readonly Row[] {
  const groups = Map.groupBy(rows, (r) => `${r.d.unit} ${r.d.exp}`);
  const fitting = [...groups.values()].filter(([first]) => unit === null || first?.d.unit === unit);
  return fitting.toSorted((x, y) => y.length - x.length)[0] ?? [];
}

function noneOf(unit: string | null, measured: readonly Row[]): string {
  if (measured.length === 0) return 'only tag readers were there: ask for a tag';
  const known = [...new Set(measured.map((r) => r.d.unit))].join(', ');
  return `nothing there is measured in ${unit}, but in ${known}`;
}

function pickOf({ mode, times }: PlacedWish, question: Question): Had<LeafPick> {
  if (times.length > 0 && mode !== 'partial')
    return { ok: false, why: 'times to show are for a partial bundle; a full one shows all' };
  if (mode !== 'partial' || times.length > 0) return { ok: true, value: { kind: 'times', times } };
  if (question.kind === 'present') return { ok: true, value: { kind: 'tag', epc: question.epc } };
  const { min, max } = question;
  if (min === Number.MIN_SAFE_INTEGER && max === Number.MAX_SAFE_INTEGER)
    return {
      ok: false,
      why: 'a partial bundle shows the readings out of the limits, or those of the times you name; give either',
    };
  return { ok: true, value: { kind: 'out', min, max } };
}

/** Ascending, each once. */
function slotsOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.map((r) => r.slot))].sort((x, y) => x - y);
}
