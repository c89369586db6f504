import type { AlarmState, Priority } from '../domain/alarm.ts';
import {
  isAct,
  RecordType,
  SystemCode,
  type LogRecord,
  type RecordRef,
  type Value,
} from '../domain/record.ts';
import { isShown, type Standing } from './standing.ts';
import { stepOf, type Step } from './step.ts';
import { isRise } from './watch.ts';

/** Alarms of one place that rise within so long are one incident (control rules, principles 6 and 10), ms. */
export const INCIDENT_MS = 60_000;

/** One alarm within an incident. Times are evidence time, ms. */
export type IncidentAlarm = {
  readonly alarm: string;
  readonly state: AlarmState;
  /** The worst it had. */
  readonly priority: Priority;
  readonly risenAt: number;
  /** How often it called. */
  readonly rises: number;
};

export type Incident = {
  /** Of the record with which it began, among the gateway's events: its name within the epoch. */
  readonly seq: number;
  readonly from: number;
  /** When its last alarm returned or was set aside; null while one is shown. */
  readonly to: number | null;
  /** Zone or subject it is about. */
  readonly place: string;
  /** In the order in which they rose. */
  readonly alarms: readonly IncidentAlarm[];
};

type Event = Pick<LogRecord, 'seq' | 't' | 'type' | 'body'>;
type Kept = Omit<Incident, 'alarms' | 'to'> & {
  to: number | null;
  readonly alarms: Map<string, IncidentAlarm>;
  readonly causes: Set<string>;
  /** Time without clock steps of its newest rise, ms. */
  risenAt: number;
};

export type Places = {
  /** Zone or subject that an alarm is about. */
  ofAlarm(alarm: string): string;
  /** Zone that a device looks at; null for none. */
  ofDevice(device: string): string | null;
};

/** The verb by which a camera takes a picture. */
const SNAPSHOT = 'snapshot';
/** So long after it was ordered a picture may come, ms. */
const PICTURE_MS = 60_000;
const NO_RECORD = '0.0';

/**
 * Incidents, from nothing but the gateway's events in their order. A rise joins the incident in which
 * its alarm still is; else the newest one that has the same record behind it, or that is of the same
 * place and had a rise within a minute; else it begins one. A start of the gateway ends that minute for
 * what is over, so that a walk may begin at any start at which nothing is shown, and tell the same.
 */
export class IncidentWalk {
  readonly #places: Places;
  readonly #all = new Map<number, Kept>();
  /** The newest incident of each alarm. */
  readonly #last = new Map<string, Kept>();
  readonly #values = new Map<string, number | null>();
  readonly #pictures = new Map<string, { readonly incident: Kept; readonly until: number }>();
  /** Those in which an alarm is shown, and those of the last minute: what may be joined, the newest last. */
  #live: Kept[] = [];
  #stepped = 0;

  /**
   * @param carried alarms that stand at the begin of an epoch, whose rise is on record in an earlier one:
   * their incidents have the names of its first records, which tell of streams
   */
  constructor(places: Places, carried: readonly Standing[] = []) {
    this.#places = places;
    for (const { alarm, state, priority, since } of carried.filter((s) => isShown(s.state))) {
      const place = places.ofAlarm(alarm);
      const known = this.#live.find((one) => one.place === place);
      const incident = known ?? this.#begin(this.#all.size, since, place);
      incident.alarms.set(alarm, { alarm, state, priority, risenAt: since, rises: 0 });
      this.#last.set(alarm, incident);
    }
  }

  /** In the order in which they began. */
  get incidents(): readonly Incident[] {
    return [...this.#all.values()].map(told);
  }

  /** The one that began with this record. */
  incident(seq: number): Incident | null {
    const found = this.#all.get(seq);
    return found === undefined ? null : told(found);
  }

  /** Whether at `t` an incident that began before `before` may still change. */
  hasOpen(before: number, t: number): boolean {
    return this.#live.some((i) => i.from < before && (i.to === null || t < i.to + INCIDENT_MS));
  }

  /** Scaled value of the newest finding behind an alarm; null where there is none. */
  valueOf(alarm: string): number | null {
    return this.#values.get(alarm) ?? null;
  }

  /** The names of the incidents that the next record belongs to, most often none or one. */
  take({ seq, t, type, body }: Event): readonly number[] {
    if (type === RecordType.system && body[0] === SystemCode.clockStepped) this.#stepped += Number(body[1]);
    if (type === RecordType.ruleSet) this.#live = this.#live.filter((i) => i.to === null);
    if (type === RecordType.finding) {
      const [rule, subject, , , , v] = body;
      this.#values.set(`${String(subject)}/${String(rule)}`, typeof v === 'number' ? v : null);
    }
    return this.#concerned({ seq, t, type, body }).map((incident) => incident.seq);
  }

  #concerned({ seq, t, type, body }: Event): readonly Kept[] {
    if (type === RecordType.alarm) {
      const step = stepOf(body);
      const incident = step === null ? undefined : this.#move(step, seq, t);
      return incident === undefined ? [] : [incident];
    }
    if (type === RecordType.act && isAct(body)) return this.#actOn(body[3]);
    if (type === RecordType.notice) return this.#about(String(body[0]));
    if (type === RecordType.command) return this.#order(t, body);
    return type === RecordType.blob ? this.#picture(t, String(body[3])) : [];
  }

  #move(step: Step, seq: number, t: number): Kept | undefined {
    const { alarm, to, priority, cause } = step;
    const calls = isRise(step);
    const last = this.#last.get(alarm);
    const isIn = last !== undefined && last.to === null;
    if (!isIn && !calls) return last;
    const place = this.#places.ofAlarm(alarm);
    const at = t - this.#stepped;
    const incident = isIn ? last : (this.#joinable(step, place, at) ?? this.#begin(seq, t, place));
    const known = incident.alarms.get(alarm);
    incident.alarms.set(alarm, {
      alarm,
      state: to,
      priority: known === undefined || priority < known.priority ? priority : known.priority,
      risenAt: known?.risenAt ?? t,
      rises: (known?.rises ?? 0) + (calls ? 1 : 0),
    });
    if (calls) {
      incident.risenAt = at;
      incident.causes.add(nameOf(cause));
    }
    const stands = [...incident.alarms.values()].some(({ state }) => isShown(state));
    incident.to = stands ? null : t;
    this.#last.set(alarm, incident);
    return incident;
  }

  #joinable({ cause }: Step, place: string, at: number): Kept | undefined {
    const isRecent = ({ risenAt }: Kept): boolean => risenAt > at - INCIDENT_MS;
    this.#live = this.#live.filter((i) => i.to === null || isRecent(i));
    const name = nameOf(cause);
    const hasCause = ({ causes }: Kept): boolean => name !== NO_RECORD && causes.has(name);
    return this.#live.findLast((i) => hasCause(i) || (i.place === place && isRecent(i)));
  }

  #begin(seq: number, from: number, place: string): Kept {
    const made: Kept = {
      seq,
      from,
      to: null,
      place,
      alarms: new Map(),
      causes: new Set(),
      risenAt: from - this.#stepped,
    };
    this.#all.set(seq, made);
    this.#live.push(made);
    return made;
  }

  #about(alarm: string): readonly Kept[] {
    const last = this.#last.get(alarm);
    return last === undefined ? [] : [last];
  }

  /** On one of its alarms, or on its zone. */
  #actOn(object: string): readonly Kept[] {
    const about = this.#about(object);
    return about.length > 0 ? about : this.#live.filter((i) => i.to === null && i.place === object);
  }

  /** The id of an order that an alarm asked for begins with the alarm, which has no space in it. */
  #order(t: number, [id, device, verb]: readonly Value[]): readonly Kept[] {
    const [incident] = this.#about(String(id).split(' ')[0] ?? '');
    if (incident === undefined) return [];
    if (verb === SNAPSHOT) this.#pictures.set(String(device), { incident, until: t + PICTURE_MS });
    return [incident];
  }

  /** A picture that was ordered, or that a camera of the place took meanwhile. */
  #picture(t: number, device: string): readonly Kept[] {
    const ordered = this.#pictures.get(device);
    if (ordered !== undefined && t <= ordered.until) return [ordered.incident];
    const place = this.#places.ofDevice(device);
    return this.#live.filter((i) => i.to === null && i.place === place);
  }
}

function nameOf({ slot, seq }: RecordRef): string {
  return `${slot}.${seq}`;
}

function told({ seq, from, to, place, alarms }: Kept): Incident {
  return { seq, from, to, place, alarms: [...alarms.values()] };
}
