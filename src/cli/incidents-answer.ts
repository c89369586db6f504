import { ALARM_STATE_NAMES, PRIORITY_NAMES } from '../domain/alarm.ts';
import type { PastIncident, PastStory } from '../gateway/archive/across-epochs.ts';
import { entryOf } from '../gateway/archive/incident-entry.ts';
import { incidentName } from '../gateway/archive/incident-name.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

type Entry = NonNullable<ReturnType<typeof entryOf>>;

/** A journal has numbers of users and no names. */
const NOBODY_BY_NAME = new Map<number, string>();

export function incidentJson(incident: PastIncident) {
  const { epoch, seq, zone, from, to, alarms } = incident;
  return {
    id: incidentName({ epoch, seq }),
    zone,
    from,
    to,
    alarms: alarms.map(({ alarm, priority, state, risenAt, rises }) => ({
      id: alarm,
      priority: PRIORITY_NAMES[priority],
      state: ALARM_STATE_NAMES[state],
      since: risenAt,
      rises,
    })),
  };
}

export function storyJson(story: PastStory) {
  const { incident, left, told } = story;
  return { ...incidentJson(incident), entries: entriesOf(story), left, told };
}

/** One line each: id, when, where, and which alarms. */
export function describeIncidents(list: readonly PastIncident[], lang: Lang): string {
  if (list.length === 0) return { en: 'none', zh: '无' }[lang];
  return list.map((incident) => headOf(incident, lang)).join('\n');
}

export function describeStory(story: PastStory, lang: Lang): string {
  const { incident, left, told } = story;
  const words = WORDS[lang];
  return [
    headOf(incident, lang),
    ...entriesOf(story).map((entry) => `  ${shown(entry.t)} ${line(entry, lang)}`),
    ...(left === 0 ? [] : [`  … ${words.more(left)}`]),
    words.told,
    ...told.map(({ called, channel, askedAt, toldAt, failed, alarm }) => {
      const when = toldAt === null ? words.notYet : shown(toldAt);
      const tries = failed === 0 ? '' : ` (${words.failed(failed)})`;
      return `  ${shown(askedAt)} ${called}, ${channel}: ${when}${tries}, ${alarm}`;
    }),
  ].join('\n');
}

const WORDS = {
  en: {
    goesOn: 'goes on',
    told: 'Told:',
    notYet: 'not yet',
    more: (n: number) => `${n} more on record`,
    failed: (n: number) => `${n} attempts failed`,
    unanswered: 'nobody acknowledged:',
    refused: 'refused',
  },
  zh: {
    goesOn: '进行中',
    told: '已通知：',
    notYet: '尚未送达',
    more: (n: number) => `另有 ${n} 条记录`,
    failed: (n: number) => `失败 ${n} 次`,
    unanswered: '无人确认：',
    refused: '被拒绝',
  },
} as const;

function entriesOf({ records }: PastStory): Entry[] {
  return records.flatMap((one) => entryOf(one, NOBODY_BY_NAME) ?? []);
}

function headOf({ epoch, seq, zone, place, from, to, alarms }: PastIncident, lang: Lang): string {
  const end = to === null ? WORDS[lang].goesOn : shown(to);
  const which = alarms.map(({ alarm, rises }) => (rises > 1 ? `${alarm} ×${rises}` : alarm)).join(', ');
  return `${incidentName({ epoch, seq })} ${shown(from)} … ${end} ${zone ?? place}: ${which}`;
}

function line(entry: Entry, lang: Lang): string {
  const words = WORDS[lang];
  if (entry.kind === 'alarm') {
    const value = entry.value === null ? '' : ` ${entry.value.text} ${entry.value.unit}`;
    return `${entry.alarm}: ${entry.from} → ${entry.to} (${entry.priority})${value}`;
  }
  if (entry.kind === 'act') {
    const change = entry.change === null ? '' : ` ${entry.change}`;
    const refused = entry.isRefused ? ` [${words.refused}]` : '';
    return `${entry.by}: ${entry.verb} ${entry.object}${change}, ${entry.reason}${refused}`;
  }
  if (entry.kind === 'notice') return `${entry.channel} ${entry.called}: ${entry.result}, ${entry.alarm}`;
  if (entry.kind === 'unanswered') return `${words.unanswered} ${entry.called}, ${entry.alarm}`;
  if (entry.kind === 'order') return `${entry.device} ${entry.verb}: ${entry.step}`;
  return `${entry.source}: ${entry.mediaType} ${entry.bytes} B, SHA-256 ${entry.sha256}`;
}
