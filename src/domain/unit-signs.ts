import type { Text } from './alarm.ts';

const SIGNS: Readonly<Record<string, string | Text>> = {
  '1': '',
  Cel: '°C',
  '[degF]': '°F',
  'dB[mW]': 'dBm',
  deg: '°',
  'kW.h': 'kWh',
  '[lb_av]': { en: 'lb', zh: '磅' },
  d: { en: 'days', zh: '天' },
  h: { en: 'h', zh: '小时' },
  min: { en: 'min', zh: '分钟' },
  s: { en: 's', zh: '秒' },
};

/** How people write a UCUM unit, on pages, in messages and on the command line; none for `1`. */
export function unitSign(ucum: string): Text {
  const sign = Object.hasOwn(SIGNS, ucum) ? SIGNS[ucum] : ucum;
  return typeof sign === 'object' ? sign : { en: sign ?? ucum, zh: sign ?? ucum };
}
