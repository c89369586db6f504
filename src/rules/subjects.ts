import { EVENTS_STREAM, type OpenStream, type StreamSpec } from '../domain/stream.ts';
import type { About } from './rule.ts';
import type { Zones } from './site.ts';

/** A zone as a subject: no stream, but with a name and a place like one. */
function zoneAsSubject(zone: string): OpenStream {
  return { ...EVENTS_STREAM, id: `${zone}/`, dev: zone, quantity: 'zone', place: zone };
}

/** Whether this can be the subject of rules of this sort; zones and the gateway are no streams. */
export function isAbout(about: About, { kind }: Pick<StreamSpec, 'kind'>): boolean {
  if (about === 'stream') return kind === 1;
  return kind === (about === 'point' ? 2 : 0);
}

/** What rules of this sort can be about; a selector chooses from it. */
export function subjectsOf<S extends StreamSpec>(
  about: About,
  streams: readonly S[],
  zones: Zones,
): readonly (S | OpenStream)[] {
  if (about === 'gateway') return [EVENTS_STREAM];
  if (about === 'zone') return [...zones.keys()].map(zoneAsSubject);
  return streams.filter((s) => isAbout(about, s));
}
