import type { View } from '../api/port.ts';
import type { Alarm, AnchorStatus, Check, Device, Level, Status, Stream, Value, Zone } from '../api/types.ts';
import { atRest, type Standing } from '../alarms/standing.ts';
import { ALARM_STATE_NAMES, AlarmState, PRIORITY_NAMES } from '../domain/alarm.ts';
import { isUsable } from '../domain/reading.ts';
import type { OpenStream, SourceLevel } from '../domain/stream.ts';
import { formatScaled } from '../domain/units.ts';
import type { DeviceHealth } from '../intake/device-health.ts';
import type { Instance } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { epochOf } from './identity.ts';
import type { Latest, Live } from './live.ts';
import type { SiteConfiguration } from './site.ts';

export type ViewParts = {
  readonly site: SiteConfiguration;
  readonly core: Core;
  readonly live: Live;
  readonly health: DeviceHealth;
  readonly origin: string;
  readonly version: string;
  readonly startedAt: number;
  readonly anchor: () => AnchorStatus;
  readonly checks: () => readonly Check[];
  readonly outboxDepth: () => number;
};

const LEVELS: Readonly<Record<SourceLevel, Level>> = { 0: 'C', 1: 'C', 2: 'B', 3: 'A' };

/** What is true now, as the API says it; computed from memory at every call. */
export class GatewayView implements View {
  readonly #parts: ViewParts;
  readonly #zones: ReadonlyMap<string, Zone>;
  readonly #streams: ReadonlyMap<string, OpenStream>;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    this.#zones = new Map(parts.site.zones.map(({ id, title }) => [id, { id, title }]));
    this.#streams = new Map(parts.core.streams.map((s) => [s.id, s]));
  }

  status(): Status {
    const { site, core, live, origin, version, startedAt, anchor, checks, outboxDepth } = this.#parts;
    const alarms = core.deciding.alarms.list();
    const unacknowledged = alarms.filter((a) => a.state === AlarmState.unacknowledged);
    return {
      gateway: { id: site.gateway.id, name: site.gateway.name },
      version,
      origin,
      epoch: epochOf(origin),
      startedAt,
      now: core.clock.now(),
      clockDriftMs: Math.round(core.clock.drift()),
      counts: {
        streams: core.streams.length,
        streamsUnknown: core.streams.filter((s) => this.#stateOf(s) !== 'fresh').length,
        devices: this.devices().length,
        alarms: alarms.length,
        alarmsUnacknowledged: unacknowledged.length,
        readings: live.readings,
      },
      journal: this.journalStatus(),
      anchor: anchor(),
      health: checks(),
      outboxDepth: outboxDepth(),
    };
  }

  journalStatus(): Status['journal'] {
    const { core, live } = this.#parts;
    const { sealed } = live;
    return {
      size: core.intake.open.no,
      tailLeaves: core.intake.open.leafCount,
      lastSealed:
        sealed === null
          ? null
          : { no: sealed.size - 1, root: Buffer.from(sealed.root).toString('hex'), t1: sealed.t1 },
      lastCommitAt: live.lastCommitAt,
    };
  }

  streams(): readonly Stream[] {
    return this.#parts.core.streams.map((s) => {
      const latest = this.#parts.live.latest(s.slot);
      return {
        id: s.id,
        dev: s.dev,
        ch: s.ch,
        quantity: s.quantity,
        unit: s.unit,
        exp: s.exp,
        zone: this.#zones.get(s.place) ?? null,
        slot: s.slot,
        level: LEVELS[s.src],
        cadenceMs: s.cadenceMs,
        staleAfterMs: s.maxGapMs,
        state: this.#stateOf(s),
        latest: latest === undefined ? null : valueOf(s, latest),
      };
    });
  }

  /** State and value of one stream for the event stream; null for a slot that is no stream. */
  reading(slot: number): { stream: string; state: Stream['state']; latest: Value } | null {
    const stream = this.#parts.core.streams.find((s) => s.slot === slot);
    const latest = this.#parts.live.latest(slot);
    if (stream === undefined || latest === undefined) return null;
    return { stream: stream.id, state: this.#stateOf(stream), latest: valueOf(stream, latest) };
  }

  /** A scaled value of a stream as people read it. */
  text(subject: string, v: number): string {
    return formatScaled(v, this.#streams.get(subject)?.exp ?? 0);
  }

  devices(): readonly Device[] {
    const known = new Map(this.#parts.health.states().map((d) => [d.device, d]));
    const configured = [
      ...this.#parts.core.streams.map((s) => s.dev),
      ...this.#parts.site.connections.flatMap((c) => [c.id, ...c.actuators.keys()]),
    ];
    return [...new Set([...configured, ...known.keys()])].map((id) => {
      const d = known.get(id);
      return d === undefined
        ? { id, health: 'unknown', reason: '', since: null, refused: {}, lastRefusal: null }
        : {
            id,
            health: d.health,
            reason: d.reason,
            since: d.since,
            refused: d.refused,
            lastRefusal: d.lastRefusal,
          };
    });
  }

  alarms(): readonly Alarm[] {
    return this.#parts.core.deciding.alarms.list().flatMap((s) => this.#alarmOf(s) ?? []);
  }

  /** The alarm as it stands, or as normal when it is over; null when its rule is not known. */
  alarm(id: string): Alarm | null {
    const standing = this.#parts.core.deciding.alarms.get(id);
    if (standing !== undefined) return this.#alarmOf(standing);
    const rule = this.#parts.core.deciding.set.byAlarm.get(id)?.rule;
    if (rule === undefined) return null;
    const now = this.#parts.core.clock.now();
    return this.#alarmOf(atRest(id, rule.id, rule.alarm.priority, now, { slot: 0, seq: 0 }));
  }

  #alarmOf(s: Standing): Alarm | null {
    const { core, live } = this.#parts;
    const instance = core.deciding.set.byAlarm.get(s.alarm);
    if (instance === undefined) return null;
    const stream = this.#streams.get(instance.subject);
    const v = live.valueOf(s.alarm);
    const by = live.acknowledged(s.alarm);
    return {
      id: s.alarm,
      title: instance.rule.alarm.title,
      rule: s.rule,
      subject: instance.subject,
      zone: this.#zones.get(stream?.place ?? '') ?? null,
      priority: PRIORITY_NAMES[s.priority],
      state: ALARM_STATE_NAMES[s.state],
      since: s.since,
      lastValue:
        stream === undefined || v === null ? null : { text: formatScaled(v, stream.exp), unit: stream.unit },
      limit: limitText(instance, stream?.unit ?? ''),
      basis: instance.rule.alarm.basis,
      cause: s.cause,
      acknowledged: by === null ? null : { by: `${by.role} ${by.actor}`, role: by.role, at: by.at },
    };
  }

  #stateOf(stream: OpenStream): Stream['state'] {
    const latest = this.#parts.live.latest(stream.slot);
    if (latest === undefined) return 'never';
    const age = this.#parts.core.clock.now() - latest.t;
    return isUsable(latest.v, latest.q) && age <= stream.maxGapMs ? 'fresh' : 'stale';
  }
}

/** The limits of the mildest level, as the rule states them, e.g. `> 8, < 2 Cel`. */
function limitText({ levels }: Instance, unit: string): string | null {
  const limits = levels.at(-1)?.limits ?? [];
  const texts = limits.map(({ side, value }) => {
    return `${side === 'above' ? '>' : '<'} ${formatScaled(value.digits, value.exp)}`;
  });
  return texts.length === 0 ? null : `${texts.join(', ')} ${unit}`;
}

function valueOf(stream: OpenStream, { v, q, t, sourceAt }: Latest): Value {
  return { v, text: v === null ? null : formatScaled(v, stream.exp), q, t, sourceAt };
}
