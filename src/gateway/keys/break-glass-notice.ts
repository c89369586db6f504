import type { Text } from '../../domain/alarm.ts';
import { breakGlassDevice } from '../../rules/break-glass.ts';
import type { Announcement } from '../../notify/port.ts';

/** What people are told of a break-glass opening; null when the notice is about something else. */
export function breakGlassAnnouncement(
  alarm: string,
  gateway: Text,
  since: number,
  link: string,
): Announcement | null {
  const device = breakGlassDevice(alarm);
  if (device === null) return null;
  return {
    alarm,
    title: { en: `${device} was opened by break-glass`, zh: `${device} 被紧急强制打开` },
    priority: 'urgent',
    calls: true,
    gateway,
    place: null,
    value: null,
    limit: null,
    since,
    link,
    reply: null,
  };
}
