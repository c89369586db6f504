import type { Alarm, Maintenance, Zone } from '../../api/types.ts';
import { LONGEST_SHELVING_MS } from '../../alarms/acts.ts';
import { OWN_ALARMS, OWN_SUBJECT } from '../../alarms/own-alarms.ts';
import { atRest, type Aside, type Standing } from '../../alarms/standing.ts';
import { ALARM_STATE_NAMES, AlarmState, Priority, PRIORITY_NAMES } from '../../domain/alarm.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Instance } from '../../rules/instance.ts';
import type { Core } from '../recording/core.ts';
import type { Live } from '../recording/live.ts';

export type AlarmViewParts = {
  readonly core: Pick<Core, 'deciding' | 'clock'>;
  readonly live: Pick<Live, 'valueOf' | 'acknowledged'>;
  readonly streams: ReadonlyMap<string, OpenStream>;
  readonly zones: ReadonlyMap<string, Zone>;
  /** Names of people by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
};

/** Who did it, as people read it. */
export function nameOf(people: ReadonlyMap<number, string>, actor: number, role: string): string {
  return people.get(actor) ?? `${role} ${actor}`;
}

/** Alarms and zones in maintenance as the API says them. */
export class AlarmView {
  readonly #parts: AlarmViewParts;

  constructor(parts: AlarmViewParts) {
    this.#parts = parts;
  }

  counts() {
    const states = this.#parts.core.deciding.alarms.list().map((s) => s.state);
    const count = (...wanted: AlarmState[]): number => states.filter((s) => wanted.includes(s)).length;
    const { unacknowledged, shelved, suppressed, outOfService } = AlarmState;
    const aside = count(shelved, suppressed, outOfService);
    return {
      alarms: states.length - aside,
      alarmsUnacknowledged: count(unacknowledged),
      alarmsShelved: count(shelved),
      alarmsSuppressed: count(suppressed),
      alarmsOutOfService: count(outOfService),
    };
  }

  alarms(): readonly Alarm[] {
    return this.#parts.core.deciding.alarms.list().flatMap((s) => this.#alarmOf(s) ?? []);
  }

  /** The alarm as it stands, or as normal when it is at rest; null when its rule is not known. */
  alarm(id: string): Alarm | null {
    const { deciding, clock } = this.#parts.core;
    const standing = deciding.alarms.get(id);
    if (standing !== undefined) return this.#alarmOf(standing);
    const rule = deciding.roster.ruleOf(id);
    if (rule === undefined) return null;
    return this.#alarmOf(atRest(id, rule.rule, rule.priority, clock.now(), { slot: 0, seq: 0 }));
  }

  maintenance(): readonly Maintenance[] {
    const { core, zones } = this.#parts;
    const { alarms } = core.deciding;
    return alarms.maintained().map((m) => {
      const suppressed = alarms.list().filter((s) => s.suppressedBy === m.zone);
      return {
        zone: zones.get(m.zone) ?? { id: m.zone, title: { en: m.zone, zh: m.zone } },
        ...this.#act(m),
        until: m.until,
        alarms: suppressed.length,
        active: suppressed.filter((s) => s.isActive).length,
      };
    });
  }

  #alarmOf(s: Standing): Alarm | null {
    const { core, live, streams, zones, people } = this.#parts;
    const { set, roster, alarms } = core.deciding;
    const instance = set.byAlarm.get(s.alarm);
    const rule = roster.ruleOf(s.alarm);
    if (rule === undefined) return null;
    const subject = OWN_ALARMS.has(s.alarm) ? OWN_SUBJECT : (instance?.subject ?? '');
    const stream = streams.get(subject);
    const v = live.valueOf(s.alarm);
    const by = live.acknowledged(s.alarm);
    const isUrgent = s.priority === Priority.urgent;
    return {
      id: s.alarm,
      title: rule.title,
      rule: s.rule,
      subject,
      zone: zones.get(instance?.stream.place ?? '') ?? null,
      priority: PRIORITY_NAMES[s.priority],
      state: ALARM_STATE_NAMES[s.state],
      since: s.since,
      lastValue:
        stream === undefined || v === null ? null : { text: formatScaled(v, stream.exp), unit: stream.unit },
      limit: instance === undefined ? null : limitText(instance, stream?.unit ?? ''),
      basis: rule.basis,
      cause: s.cause,
      acknowledged:
        by === null
          ? null
          : {
              by: nameOf(people, by.actor, by.role),
              role: by.role,
              at: by.at,
              meaning: by.meaning,
              reason: by.reason,
            },
      isActive: s.isActive,
      isStale: s.isStale,
      isChattering: alarms.watch.isChattering(s.alarm),
      longestShelvingMs: isUrgent ? 0 : Math.min(rule.shelvingMs ?? LONGEST_SHELVING_MS, LONGEST_SHELVING_MS),
      shelved: s.shelved && { ...this.#act(s.shelved), until: s.shelved.until },
      suppressedBy: s.suppressedBy,
      outOfService: s.out && this.#act(s.out),
    };
  }

  #act({ actor, role, at, reason }: Aside): { by: string; role: string; at: number; reason: string } {
    return { by: nameOf(this.#parts.people, actor, role), role, at, reason };
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
