import type { Channel } from '../../config/configuration.ts';
import type { Text } from '../../domain/alarm.ts';
import type { OutboxEntry } from '../../domain/commit.ts';
import { SystemCode } from '../../domain/record.ts';
import type { Announcement } from '../../notify/port.ts';
import type { Continued } from './epoch-end.ts';

/** The one call on people that no rule makes: the gateway's own log is over. */
export const EPOCH_OVER = 'gateway/epoch-over';

/** Nobody was reached for so long: by then health and the policy have told it, ms. */
const EXPIRY_MS = 7 * 24 * 3_600_000;

/** A call over every channel that reaches people, to go out as soon as the next epoch is open. */
export function noticesOf(channels: readonly Channel[], continued: Continued): OutboxEntry[] {
  const t = continued.notBefore;
  return channels.flatMap(({ kind, id }): OutboxEntry[] => {
    if (kind === 'device') return [];
    const body = { kind: 'notice', alarm: EPOCH_OVER, channel: id, role: 'duty' } as const;
    const key = `${EPOCH_OVER} ${continued.origin} ${id}`;
    return [{ key, kind: 'notice', t, expiry: Math.max(t, Date.now()) + EXPIRY_MS, body }];
  });
}

/** What people are told of it; it calls until a person acknowledged it. */
export function announcementOf(continued: Continued, gateway: Text, link: string): Announcement {
  const { code, origin, size, localSize, notBefore, acknowledged } = continued;
  const isRollback = code === SystemCode.rollbackFound;
  return {
    alarm: EPOCH_OVER,
    title: isRollback
      ? {
          en: `Evidence log rolled back: ${size} blocks of ${origin} exist elsewhere, ${localSize} here`,
          zh: `证据日志被回滚：${origin} 他方有 ${size} 个区块，本机仅 ${localSize} 个`,
        }
      : {
          en: `Evidence log ended: heads of ${origin} above ${size} are void`,
          zh: `证据日志已终止：${origin} 大小 ${size} 以上的日志头无效`,
        },
    priority: isRollback ? 'urgent' : 'high',
    calls: !acknowledged,
    gateway,
    place: null,
    value: null,
    limit: null,
    since: notBefore,
    link,
    reply: null,
  };
}
