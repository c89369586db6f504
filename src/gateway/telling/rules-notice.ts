import type { RuleSetStatus } from '../../api/types.ts';
import type { Text } from '../../domain/alarm.ts';
import type { Announcement } from '../../notify/port.ts';
import { ROLLED_BACK } from '../../rules/rolled-back.ts';

export type RuleNews = Pick<RuleSetStatus, 'state' | 'why' | 'since'>;

/** What people are told when changed rules went back, or could not; null when that is over. */
export function rulesAnnouncement(
  { state, why, since }: RuleNews,
  gateway: Text,
  link: string,
): Announcement | null {
  if (state !== 'rolled-back' && state !== 'stuck') return null;
  const title =
    state === 'stuck'
      ? { en: `Rules are in force that nobody confirmed: ${why}`, zh: `未经确认的规则正在生效：${why}` }
      : {
          en: `Changed rules went back to those confirmed before: ${why}`,
          zh: `更改的规则已恢复为原规则：${why}`,
        };
  return {
    alarm: ROLLED_BACK,
    title,
    priority: 'urgent',
    calls: true,
    gateway,
    place: null,
    value: null,
    limit: null,
    since: since ?? 0,
    link,
    reply: null,
  };
}
