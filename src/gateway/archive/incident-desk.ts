import type { Incidents, IncidentsQuery } from '../../api/incident-port.ts';
import type { Incident, IncidentAlarm, IncidentEntry, IncidentSummary } from '../../api/incident-types.ts';
import type { Zone } from '../../api/types.ts';
import type { IncidentAlarm as KeptAlarm } from '../../alarms/incidents.ts';
import { ALARM_STATE_NAMES, Priority, PRIORITY_NAMES, type Text } from '../../domain/alarm.ts';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import { personOf } from '../../domain/calling.ts';
import { Refused } from '../../domain/errors.ts';
import { entryOf } from './incident-entry.ts';
import { incidentName, incidentWish, readIncidentName } from './incident-name.ts';
import type { PastIncident, PastStory, AcrossEpochs } from './across-epochs.ts';
import type { SiteConfiguration } from '../site/site.ts';
import type { Turns } from './turns.ts';

export type IncidentDeskParts = {
  readonly past: Pick<AcrossEpochs, 'incidents' | 'story'>;
  readonly turns: Turns;
  /** Names of users by the number that stands in records. */
  readonly users: ReadonlyMap<number, string>;
  /** Names of those who are called, and of zones. */
  readonly site: Pick<SiteConfiguration, 'people' | 'zones'>;
  /** What an alarm is called; null where no rule in force can raise it. */
  readonly titleOf: (alarm: string) => Text | null;
  /** Evidence time, ms. */
  readonly now: () => number;
};

/** Tells incidents in the words of the API. */
export class IncidentDesk implements Incidents {
  readonly #parts: IncidentDeskParts;
  readonly #people: ReadonlyMap<string, Text>;
  readonly #zones: ReadonlyMap<string, Text>;

  constructor(parts: IncidentDeskParts) {
    this.#parts = parts;
    this.#people = new Map(parts.site.people.map(({ id, name }) => [id, name]));
    this.#zones = new Map(parts.site.zones.map(({ id, title }) => [id, title]));
  }

  async list(query: IncidentsQuery): Promise<readonly IncidentSummary[]> {
    const { past, turns } = this.#parts;
    const found = await turns.take(() => past.incidents(query));
    return found.map((incident) => this.#summaryOf(incident));
  }

  async one(id: string): Promise<Incident> {
    const { users, now } = this.#parts;
    const story = await this.#story(id);
    const wish = incidentWish(story, now());
    return {
      ...this.#summaryOf(story.incident),
      entries: story.records.flatMap((one): IncidentEntry[] => {
        const entry = entryOf(one, users);
        return entry === null ? [] : [entry];
      }),
      left: story.left,
      told: story.told.map((row) => ({ ...row, name: this.#people.get(personOf(row.called) ?? '') ?? null })),
      bundle: wish === null ? null : { from: wish.from, to: wish.to },
    };
  }

  async wish(id: string): Promise<BundleWish> {
    const wish = incidentWish(await this.#story(id), this.#parts.now());
    if (wish === null) throw new Refused('INVALID', `no stream is about incident "${id}"`);
    return wish;
  }

  async #story(id: string): Promise<PastStory> {
    const { past, turns } = this.#parts;
    const name = readIncidentName(id);
    const story = name === null ? null : await turns.take(() => past.story(name));
    if (story === null) throw new Refused('NOT_FOUND', `there is no incident "${id.slice(0, 40)}"`);
    return story;
  }

  #summaryOf({ epoch, seq, from, to, zone, alarms }: PastIncident): IncidentSummary {
    const [worst = Priority.low] = alarms.map(({ priority }) => priority).sort((a, b) => a - b);
    return {
      id: incidentName({ epoch, seq }),
      zone: zone === null ? null : this.#zoneOf(zone),
      from,
      to,
      priority: PRIORITY_NAMES[worst],
      alarms: alarms.map((alarm) => this.#alarmOf(alarm)),
    };
  }

  #alarmOf({ alarm, priority, state, risenAt, rises }: KeptAlarm): IncidentAlarm {
    return {
      id: alarm,
      title: this.#parts.titleOf(alarm) ?? { en: alarm, zh: alarm },
      priority: PRIORITY_NAMES[priority],
      state: ALARM_STATE_NAMES[state],
      since: risenAt,
      rises,
    };
  }

  #zoneOf(id: string): Zone {
    return { id, title: this.#zones.get(id) ?? { en: id, zh: id } };
  }
}
