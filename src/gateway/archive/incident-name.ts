import type { BundleWish } from '../../domain/bundle-wish.ts';
import type { StoredStory } from './incidents.ts';

/** Where an incident began: the epoch, and the number of the record among the gateway's events. */
export type IncidentName = { readonly epoch: number; readonly seq: number };

/** So much before and after an incident is in its bundle, ms. */
const MARGIN_MS = 600_000;

export function incidentName({ epoch, seq }: IncidentName): string {
  return `${epoch}-${seq}`;
}

/** Null for what names no incident. */
export function readIncidentName(id: string): IncidentName | null {
  const [, epoch, seq] = /^(\d{1,5})-(\d{1,15})$/.exec(id) ?? [];
  return epoch === undefined || seq === undefined ? null : { epoch: Number(epoch), seq: Number(seq) };
}

/**
 * What proves it: all streams of its zone, or those that its alarms are about, with all events of the
 * gateway; null where there is no such stream.
 *
 * @param now evidence time, ms: what is later cannot be in it
 */
export function incidentWish(
  { incident, streams }: Pick<StoredStory, 'incident' | 'streams'>,
  now: number,
): BundleWish | null {
  const { zone, from, to } = incident;
  if (zone === null && streams.length === 0) return null;
  return {
    select: zone === null ? { kind: 'streams', ids: streams } : { kind: 'zone', zone },
    ask: { kind: 'range', unit: null, min: null, max: null, maxGapMs: null, allowOutMs: 0, allowGapMs: 0 },
    from: Math.max(0, from - MARGIN_MS),
    to: Math.max(from + 1, Math.min(now, (to ?? now) + MARGIN_MS)),
    mode: 'full',
    times: [],
    events: true,
  };
}
