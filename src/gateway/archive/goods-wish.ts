import type { SqliteArchive } from '../../buffer/archive.ts';
import type { BundleAsk, BundleWish } from '../../domain/bundle-wish.ts';
import { parseDecimal, type Decimal } from '../../domain/units.ts';
import type { Had } from '../keys/policy.ts';
import type { PlacedWish } from './bundle-choice.ts';
import { followGoods, type GoodsTrail } from './goods-trail.ts';

/** A wish for one stay of goods, and the events that are about them; for all others the wish as it is. */
export type Stay = { readonly wish: PlacedWish; readonly someEvents: ReadonlySet<number> | null };

/**
 * Goods that were moved take a bundle for each place they lay in, each with its own window; a wish that begins before
 * they came begins when they came. @throws StorageError
 */
export function staysOf(archive: SqliteArchive, wish: BundleWish): Had<readonly Stay[]> {
  const { select } = wish;
  if (select.kind !== 'receipt' && select.kind !== 'lot')
    return { ok: true, value: [{ wish: { ...wish, select }, someEvents: null }] };
  const trail = followGoods(archive, select, wish.to);
  if (!trail.ok) return trail;
  const { legs, sources, seqs } = trail.value;
  const ask = askOf(wish.ask, trail.value);
  const stays = legs
    .map(({ zones, from, to }) => ({ zones, from: Math.max(from, wish.from), to: Math.min(to, wish.to) }))
    .filter(({ from, to }) => from < to)
    .map(({ zones, ...window }) => {
      const places = { kind: 'places', zones, sources } as const;
      return { wish: { ...wish, ...window, ask, select: places }, someEvents: seqs };
    });
  return stays.length > 0
    ? { ok: true, value: stays }
    : { ok: false, why: 'these goods lay nowhere on record at that time' };
}

/** What was asked; where nothing was, what the receipt promises, else whether one of its tags was there. */
function askOf(ask: BundleAsk, { range, epc }: GoodsTrail): BundleAsk {
  if (ask.kind === 'present' || ask.min !== null || ask.max !== null || ask.unit !== null) return ask;
  if (range !== null) {
    const { min, max, unit, allowedMs } = range;
    return {
      ...ask,
      min: decimal(min),
      max: decimal(max),
      unit,
      allowOutMs: Math.max(ask.allowOutMs, allowedMs),
    };
  }
  if (epc === null) return ask;
  return { kind: 'present', epc, maxGapMs: ask.maxGapMs, allowGapMs: ask.allowGapMs };
}

function decimal(value: number | null): Decimal | null {
  return value === null ? null : parseDecimal(String(value));
}
