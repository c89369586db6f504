import type { Naming } from '../../epcis/journal/naming.ts';
import { GS1_BASE } from '../../epcis/vocabulary.ts';
import type { SiteConfiguration } from './site.ts';

/** How this site's own names become the URIs of EPCIS; null where the configuration has no `epcis:`. */
export function namingOf(site: Pick<SiteConfiguration, 'epcis' | 'gateway' | 'connections'>): Naming | null {
  const { epcis, gateway, connections } = site;
  if (epcis === null) return null;
  const { places, points, devices, parties, steps, utcOffset, windowMs, cbv } = epcis;
  return {
    domain: gateway.domain,
    gateway: gateway.id,
    places,
    points,
    devices,
    parties,
    steps,
    utcOffset,
    windowMs,
    quantities: new Map(connections.flatMap((c) => c.streams.map((s) => [s.id, s.quantity] as const))),
    hashing: { version: cbv, gs1Base: GS1_BASE },
  };
}
