import type { OpenStream } from '../domain/stream.ts';
import type { NotifyAction } from './rule.ts';

/**
 * What stands above all rules and cannot be configured away (rules.md section 5). One function decides,
 * and it is asked twice: where an order is decided, and where it leaves the outbox for its device.
 */
export type Interlocks = {
  /** Inputs of a fire panel: any value but 0 is a fire. */
  readonly fire: readonly OpenStream[];
  /** What can be closed, with the verb that opens it: a fire opens all of it. */
  readonly exits: readonly { readonly device: string; readonly open: string }[];
  /** By device, the loops and light curtains that must be free before it closes. */
  readonly clear: ReadonlyMap<string, readonly OpenStream[]>;
  /** Devices that drive temperature, and whether the site's profile keeps monitoring apart from them. */
  readonly climate: ReadonlySet<string>;
  readonly isApart: boolean;
};

/** What a site says beside its rules and streams: what interlocks are made from, and what own alarms do. */
export type Guarded = {
  /** What the alarms of the alarm machine itself do (R34-R36), by the name they have for a rule. */
  readonly ownActions?: ReadonlyMap<string, readonly NotifyAction[]>;
  readonly actuators: ReadonlyMap<string, readonly string[]>;
  readonly profile: 'none' | 'gsp' | 'en12830';
  readonly climate: readonly string[];
  /** By device, ids of streams that must be free besides those of the device itself. */
  readonly clear: ReadonlyMap<string, readonly string[]>;
};

export const NOTHING_GUARDED: Guarded = {
  actuators: new Map(),
  profile: 'none',
  climate: [],
  clear: new Map(),
};

const CLOSING = /(?:^|-)(?:close|lock|lower)$/;
const OPENING = /(?:^|-)(?:open|unlock|raise)$/;
/** The verb by which a device that can be closed is closed. */
export function closingVerb(verbs: readonly string[]): string | undefined {
  return verbs.find((verb) => CLOSING.test(verb));
}

/** The verb by which it is opened. */
export function openingVerb(verbs: readonly string[]): string | undefined {
  return verbs.find((verb) => OPENING.test(verb));
}

/** What a loop under a barrier or a light curtain measures. */
const UNDER: readonly string[] = ['vehicle-loop', 'light-curtain'];

/** Makes the interlocks of a site; there is nothing by which a site could leave one out. */
export function interlocksOf(streams: readonly OpenStream[], guarded: Guarded): Interlocks {
  const { actuators, profile, climate } = guarded;
  const closing = [...actuators].filter(([, verbs]) => closingVerb(verbs) !== undefined);
  return {
    fire: streams.filter((s) => s.quantity === 'fire'),
    exits: closing.flatMap(([device, verbs]) => {
      const open = openingVerb(verbs);
      return open === undefined ? [] : [{ device, open }];
    }),
    clear: new Map(
      closing.map(([device]) => {
        const named = guarded.clear.get(device) ?? [];
        return [
          device,
          streams.filter((s) => named.includes(s.id) || (s.dev === device && UNDER.includes(s.quantity))),
        ];
      }),
    ),
    climate: new Set(climate),
    isApart: profile !== 'none',
  };
}

/**
 * Null when the order may go, else why not, one sentence.
 *
 * @param valueOf the newest value of a stream; null where it is not known now, which is never taken for free
 */
export function objectionTo(
  locks: Interlocks,
  order: { readonly device: string; readonly verb: string },
  valueOf: (stream: OpenStream) => number | null,
): string | null {
  const { device, verb } = order;
  if (locks.isApart && locks.climate.has(device)) {
    return `${device} drives temperature, which no rule of this profile may do`;
  }
  if (!CLOSING.test(verb)) return null;
  for (const stream of locks.fire) {
    const v = valueOf(stream);
    if (v === null) return `fire input ${stream.id} is not known: ${device} is not closed`;
    if (v !== 0) return `fire input ${stream.id} is on: ${device} is not closed`;
  }
  for (const stream of locks.clear.get(device) ?? []) {
    const v = valueOf(stream);
    if (v === null) return `${stream.id} is not known: ${device} is not closed on what may stand under it`;
    if (v !== 0) return `${stream.id} is on: ${device} is not closed on what stands under it`;
  }
  return null;
}
