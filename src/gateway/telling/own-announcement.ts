import { FLOOD_RULE, OWN_ALARMS, OWN_SUBJECT, STALE_RULE } from '../../alarms/own-alarms.ts';
import { isShown, type Standing } from '../../alarms/standing.ts';
import { AlarmState, PRIORITY_NAMES, type Text } from '../../domain/alarm.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { Announcement } from '../../notify/port.ts';

type Parts = { readonly gateway: Text; readonly deciding: Pick<Deciding, 'alarms' | 'roster'> };

const FLOOD = `${OWN_SUBJECT}/${FLOOD_RULE.rule}`;
const STALE = `${OWN_SUBJECT}/${STALE_RULE.rule}`;
/** So many alarms are named in a notice; the page has all. */
const MOST_NAMES = 3;

/** What people are told of an alarm of the alarm machine itself: what it is, and of which alarms. */
export function ownAnnouncement(
  alarm: string,
  { gateway, deciding }: Parts,
): Omit<Announcement, 'link' | 'reply'> {
  const { alarms } = deciding;
  const standing = alarms.get(alarm);
  const rule = OWN_ALARMS.get(alarm) ?? FLOOD_RULE;
  return {
    alarm,
    title: named(rule.title, alarm, deciding),
    priority: PRIORITY_NAMES[standing?.priority ?? rule.priority],
    calls: standing?.state === AlarmState.unacknowledged,
    gateway,
    place: null,
    value: null,
    limit: null,
    since: standing?.since ?? 0,
  };
}

/** The title, and behind it the alarms it is about: of a flood the one that rose first. */
function named(title: Text, alarm: string, deciding: Parts['deciding']): Text {
  const about = aboutOf(alarm, deciding);
  if (about.length === 0) return title;
  const titles = about.slice(0, MOST_NAMES).flatMap((s) => deciding.roster.ruleOf(s.alarm)?.title ?? []);
  const more = about.length > MOST_NAMES ? ` +${about.length - MOST_NAMES}` : '';
  const first = alarm === FLOOD ? { en: '; the first', zh: '，最早' } : { en: '', zh: '' };
  return {
    en: `${title.en}${first.en}: ${titles.map((t) => t.en).join(', ')}${more}`,
    zh: `${title.zh}${first.zh}：${titles.map((t) => t.zh).join('、')}${more}`,
  };
}

function aboutOf(alarm: string, { alarms }: Parts['deciding']): readonly Standing[] {
  const shown = alarms.list().filter((s) => isShown(s.state) && !OWN_ALARMS.has(s.alarm));
  if (alarm === FLOOD) return shown.toSorted((a, b) => a.since - b.since).slice(0, 1);
  if (alarm === STALE) return shown.filter((s) => s.isStale);
  return shown.filter((s) => alarms.watch.isChattering(s.alarm));
}
