import type { View } from '../../api/port.ts';
import type {
  Alarm,
  AnchorStatus,
  Check,
  Device,
  Level,
  Maintenance,
  Status,
  Stream,
  Value,
  Zone,
} from '../../api/types.ts';
import { isUsable } from '../../domain/reading.ts';
import type { OpenStream, SourceLevel } from '../../domain/stream.ts';
import { formatScaled } from '../../domain/units.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import { AlarmView } from './alarm-view.ts';
import type { Core } from '../recording/core.ts';
import { epochOf } from '../keys/identity.ts';
import type { Latest, Live } from '../recording/live.ts';
import type { SiteConfiguration } from '../site/site.ts';

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
  /** Names of people by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
};

const LEVELS: Readonly<Record<SourceLevel, Level>> = { 0: 'C', 1: 'C', 2: 'B', 3: 'A' };

/** What is true now, as the API says it; computed from memory at every call. */
export class GatewayView implements View {
  readonly #parts: ViewParts;
  readonly #zones: ReadonlyMap<string, Zone>;
  readonly #streams: ReadonlyMap<string, OpenStream>;
  readonly #alarms: AlarmView;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    this.#zones = new Map(parts.site.zones.map(({ id, title }) => [id, { id, title }]));
    this.#streams = new Map(parts.core.streams.map((s) => [s.id, s]));
    this.#alarms = new AlarmView({ ...parts, streams: this.#streams, zones: this.#zones });
  }

  status(): Status {
    const { site, core, live, origin, version, startedAt, anchor, checks, outboxDepth } = this.#parts;
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
        ...this.#alarms.counts(),
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
    return this.#alarms.alarms();
  }

  alarm(id: string): Alarm | null {
    return this.#alarms.alarm(id);
  }

  maintenance(): readonly Maintenance[] {
    return this.#alarms.maintenance();
  }

  #stateOf(stream: OpenStream): Stream['state'] {
    const latest = this.#parts.live.latest(stream.slot);
    if (latest === undefined) return 'never';
    const age = this.#parts.core.clock.now() - latest.t;
    return isUsable(latest.v, latest.q) && age <= stream.maxGapMs ? 'fresh' : 'stale';
  }
}

function valueOf(stream: OpenStream, { v, q, t, sourceAt }: Latest): Value {
  return { v, text: v === null ? null : formatScaled(v, stream.exp), q, t, sourceAt };
}
