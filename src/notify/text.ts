import type { Text } from '../domain/alarm.ts';
import { unitSign } from '../domain/unit-signs.ts';
import { formatScaled } from '../domain/units.ts';
import type { Announcement, Measured } from './port.ts';

/** What a message says, in both languages. */
export type Wording = { readonly subject: Text; readonly body: Text };

const PRIORITY: Readonly<Record<Announcement['priority'], Text>> = {
  urgent: { en: 'URGENT', zh: '紧急' },
  high: { en: 'HIGH', zh: '高' },
  medium: { en: 'MEDIUM', zh: '中' },
  low: { en: 'LOW', zh: '低' },
};

/**
 * Title, place, value against its limit, how long and since when, and where to acknowledge.
 *
 * @param now evidence time, ms
 * @param others what goes along: then it is a digest, which has a line for each
 * @param timeZone IANA name of the zone people on shift live in, e.g. `Asia/Shanghai`
 */
export function wordingOf(
  about: Announcement,
  now: number,
  timeZone: string,
  others: readonly Announcement[] = [],
): Wording {
  if (others.length > 0) return digestOf([about, ...others]);
  const { title, priority, gateway, place, link, calls } = about;
  const since = localTime(about.since, timeZone);
  const lasting = durationOf(now - about.since);
  const where = {
    en: place === null ? gateway.en : `${place.en}, ${gateway.en}`,
    zh: place === null ? gateway.zh : `${gateway.zh} ${place.zh}`,
  };
  const over = { en: calls ? '' : 'OVER: ', zh: calls ? '' : '已结束：' };
  const value = valueLine(about);
  const en = [
    `${over.en}${title.en}`,
    `Where: ${where.en}`,
    ...(value === null ? [] : [value.en]),
    `Since: ${since} (for ${lasting.en})`,
    `Acknowledge: ${link}`,
  ];
  const zh = [
    `${over.zh}${title.zh}`,
    `地点：${where.zh}`,
    ...(value === null ? [] : [value.zh]),
    `开始时间：${since}（已持续 ${lasting.zh}）`,
    `确认：${link}`,
  ];
  return {
    subject: {
      en: `${over.en}[${PRIORITY[priority].en}] ${title.en} - ${where.en}`,
      zh: `${over.zh}【${PRIORITY[priority].zh}】${title.zh} - ${where.zh}`,
    },
    body: { en: en.join('\n'), zh: zh.join('\n') },
  };
}

/** One message for many alarms: how many, and each with its place and value. */
function digestOf(all: readonly Announcement[]): Wording {
  const [first] = all;
  const n = all.length;
  const [en, zh] = (['en', 'zh'] as const).map((language) => all.map((about) => itemOf(about, language)));
  const subject = { en: `${n} alarms: ${en?.[0] ?? ''}`, zh: `共 ${n} 项报警：${zh?.[0] ?? ''}` };
  const link = first?.link ?? '';
  return {
    subject,
    body: {
      en: [subject.en, ...(en ?? []), `Acknowledge: ${link}`].join('\n'),
      zh: [subject.zh, ...(zh ?? []), `确认：${link}`].join('\n'),
    },
  };
}

/** `[HIGH] Cold room above 8 °C - Cold room 1 8.4 °C (OK 0042)` */
function itemOf(
  { title, priority, place, value, reply, calls }: Announcement,
  language: 'en' | 'zh',
): string {
  const mark = language === 'en' ? `[${PRIORITY[priority].en}]` : `【${PRIORITY[priority].zh}】`;
  const over = calls ? '' : { en: 'OVER: ', zh: '已结束：' }[language];
  const where = place === null ? '' : ` - ${place[language]}`;
  const now = value === null ? '' : ` ${printed(value)[language]}`;
  return `${mark}${over}${title[language]}${where}${now}${reply === null ? '' : ` (OK ${reply})`}`;
}

function valueLine({ value, limit }: Announcement): Text | null {
  if (value === null && limit === null) return null;
  const now = value === null ? { en: 'unknown', zh: '未知' } : printed(value);
  if (limit === null) return { en: `Value: ${now.en}`, zh: `当前值：${now.zh}` };
  const side = limit.side === 'above' ? { en: 'at most', zh: '不高于' } : { en: 'at least', zh: '不低于' };
  const at = printed(limit);
  return {
    en: `Value: ${now.en} (should be ${side.en} ${at.en})`,
    zh: `当前值：${now.zh}（应${side.zh} ${at.zh}）`,
  };
}

/** `8.4 °C`, `61 %`. */
export function printed({ v, exp, unit }: Measured): Text {
  const [value, sign] = [formatScaled(v, exp), unitSign(unit)];
  return { en: `${value} ${sign.en}`.trimEnd(), zh: `${value} ${sign.zh}`.trimEnd() };
}

/** A span in its two greatest units; less than a second is 0 s. */
export function durationOf(ms: number): Text {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd', '天'],
    [Math.floor(seconds / 3600) % 24, 'h', '小时'],
    [Math.floor(seconds / 60) % 60, 'min', '分'],
    [seconds % 60, 's', '秒'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  const shown =
    first === -1 ? [parts[3]] : parts.slice(first, first + 2).filter(([n], i) => i === 0 || n > 0);
  return {
    en: shown.map(([n, en]) => `${n} ${en}`).join(' '),
    zh: shown.map(([n, , zh]) => `${n}${zh}`).join(''),
  };
}

/** `2026-11-24 16:52:10 GMT+8`: a date that cannot be misread, with its offset. */
function localTime(ms: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(ms);
  const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')} ${of('timeZoneName')}`;
}

/** The last format made: making one takes a hundred times as long as using it. */
let made: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | null = null;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  if (made?.timeZone !== timeZone) {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'shortOffset',
    });
    made = { timeZone, format };
  }
  return made.format;
}
