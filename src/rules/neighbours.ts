import type { StreamSpec } from '../domain/stream.ts';
import type { Fields } from './fields.ts';
import { readSelector } from './selector.ts';
import type { Zones } from './site.ts';

/** Which streams stand beside one: by a selector, else those of its quantity in its zone. */
export type Beside = <S extends StreamSpec>(
  stream: StreamSpec,
  all: readonly S[],
  zones: Zones,
) => readonly S[];

/** Reads `<key>:`, a selector of neighbours; null, with a problem told, when it is wrong. */
function readBeside(level: Fields, key: string): Beside | null {
  const selector = level.has(key) ? readSelector(level, key) : null;
  if (level.has(key) && selector === null) return null;
  return (stream, all, zones) =>
    all.filter((other) => {
      if (other.id === stream.id || other.kind !== 1 || other.unit !== stream.unit) return false;
      return selector === null ? isAlike(stream, other) : selector(other, zones);
    });
}

/** The neighbours of each stream; some stream of the rule must have one: else the rule could never speak. */
export function readNeighbours(
  level: Fields,
  key: string,
  streams: readonly StreamSpec[],
  site: { readonly streams: readonly StreamSpec[]; readonly zones: Zones; readonly complete: boolean },
): Beside | null {
  const beside = readBeside(level, key);
  if (beside === null || streams.length === 0 || !site.complete) return beside;
  if (streams.some((s) => beside(s, site.streams, site.zones).length > 0)) return beside;
  const [first] = streams;
  return level.fail(
    key,
    `names nothing beside ${first?.id ?? ''} in ${first?.unit ?? ''}; the rule could never speak`,
  );
}

function isAlike(a: StreamSpec, b: StreamSpec): boolean {
  return a.place !== '' && a.place === b.place && a.quantity === b.quantity;
}
