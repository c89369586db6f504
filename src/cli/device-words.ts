import { isUtf8 } from 'node:buffer';
import type { Text } from '../domain/alarm.ts';
import { Quality, type Reading } from '../domain/reading.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { unitSign } from '../domain/unit-signs.ts';
import { formatScaled } from '../domain/units.ts';
import type { Context } from './context.ts';

/** A value as people read it, with its unit; bad where the device gave none. */
export function shownValue({ v, q }: Pick<Reading, 'v' | 'q'>, stream: StreamSpec, context: Context): string {
  if (v === null) return context.say({ en: 'bad: no value', zh: '坏值：无数据' });
  const notes = QUALITIES.filter(([bit]) => (q & bit) !== 0).map(([, words]) => context.say(words));
  const value = `${formatScaled(v, stream.exp)} ${context.say(unitSign(stream.unit))}`.trimEnd();
  return `${value}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

const QUALITIES: readonly (readonly [bit: number, words: Text])[] = [
  [Quality.stale, { en: 'old', zh: '陈旧' }],
  [Quality.outsideRange, { en: 'outside of what the device can measure', zh: '超出量程' }],
  [Quality.substituted, { en: 'substituted', zh: '替代值' }],
  [Quality.deviceAlarm, { en: 'the device itself reports a fault', zh: '设备自报故障' }],
  [Quality.deviceTimeUncertain, { en: 'the clock of the device is off', zh: '设备时钟不准' }],
  [Quality.backfilled, { en: 'delivered late', zh: '补传' }],
];

/** Fewer bytes are too few to tell text from numbers. */
const LEAST_TEXT = 4;

/** What a person can read of bytes: their text on one line, where they are nothing but text; else hex. */
export function shownBytes(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const spaced = hex.replaceAll(/(..)(?=.)/g, '$1 ');
  if (bytes.length < LEAST_TEXT || !isUtf8(bytes)) return spaced;
  const text = bytes.toString();
  if (/[^\P{C}\t\r\n]/u.test(text)) return spaced;
  return text.trim().replaceAll(/\s*[\r\n]\s*/g, ' ');
}

/** What the system or a driver said, in words that say what to do; null where there is nothing to add. */
export function adviceOf(said: string): Text | null {
  return ADVICE.find(([found]) => found.test(said))?.[1] ?? null;
}

const ADVICE: readonly (readonly [found: RegExp, words: Text])[] = [
  [
    /lock port|temporarily unavailable|EADDRINUSE|EBUSY|resource busy/i,
    {
      en: 'another program holds the port: a running gateway, or a terminal program. Stop it first',
      zh: '端口被其他程序占用（正在运行的网关或终端程序），请先停止它',
    },
  ],
  [
    /no such file|ENOENT/i,
    {
      en: 'there is no such port: is the adapter plugged in? See bailee devices --ports',
      zh: '没有该端口：适配器插好了吗？可用 bailee devices --ports 查看',
    },
  ],
  [
    /permission denied|EACCES|port-denied/i,
    {
      en: 'this user may not open the port: add it to the group of the port, mostly dialout',
      zh: '当前用户无权打开端口：请将其加入端口所属的组，通常是 dialout',
    },
  ],
  [
    /untrusted|certificate|altname/i,
    {
      en: 'the certificate shown there is not trusted, or ours is not: check ca, name, cert and key, and the clock',
      zh: '对方证书不受信任，或对方不信任本机证书：请检查 ca、name、cert、key 以及系统时间',
    },
  ],
  [
    /^timeout|silent|no valid answer/i,
    {
      en: 'the line is open and the device says nothing: check wiring (A and B), its number or account, and its speed',
      zh: '线路已打开，但设备没有应答：请检查接线（A、B）、地址或账号、波特率',
    },
  ],
  [
    /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|no connection within|port-lost/i,
    {
      en: 'nothing answers there: check address, port, cable and power',
      zh: '对方没有应答：请检查地址、端口、网线与电源',
    },
  ],
  [
    /checksum/i,
    {
      en: 'bytes arrive and are damaged: check speed, parity, shield and termination',
      zh: '收到的数据有损坏：请检查波特率、校验位、屏蔽层与终端电阻',
    },
  ],
  [
    /malformed|no frame begins|is no message/i,
    {
      en: 'something arrives that is no message of this driver: check the driver, the profile and the speed',
      zh: '收到的数据不符合该驱动的格式：请检查驱动、配置模板与波特率',
    },
  ],
  [
    /refuses user/i,
    {
      en: 'the camera does not take this user and password: make a user for ONVIF in it; many lock a user for minutes after a few wrong ones',
      zh: '摄像机不接受该用户名或密码：请在摄像机中建立 ONVIF 用户；多次错误后许多摄像机会锁定数分钟',
    },
  ],
  [
    /^EXCEPTION_REPLY: [A-Z]\w+: /,
    {
      en: 'the camera answers and says no: check that ONVIF is switched on and what its user may do',
      zh: '摄像机应答但拒绝请求：请检查 ONVIF 是否启用以及该用户的权限',
    },
  ],
  [
    /^exception/i,
    {
      en: 'the device answers and refuses the registers: check the profile',
      zh: '设备应答但拒绝所读寄存器：请检查配置模板',
    },
  ],
];
