import { createHmac } from 'node:crypto';
import { resolveHost, type Resolve } from './address.ts';
import { expectSuccess, openPost, type Answer, type Endpoint } from './http-call.ts';
import { ROBOT_PACE } from './pace.ts';
import type { Channel, Message } from './port.ts';
import { wordingOf } from './text.ts';

export type RobotSettings = Endpoint & {
  readonly id: string;
  readonly kind: 'wecom' | 'dingtalk' | 'feishu';
  /** The robot's address, a secret: who has it can write to the group. */
  readonly url: { reveal(): string };
  /** Key of the signature; null for a robot that asks for none (WeCom never does). */
  readonly secret: { reveal(): string } | null;
  readonly timeZone: () => string;
};

type Call = { readonly url: URL; readonly body: Readonly<Record<string, unknown>> };

/** What a robot is told, bytes of UTF-8: WeCom takes 2,048 of a text, the others more. */
const MOST_TEXT = 2000;
const HTTPS = 'the address of a robot must be https; plain http is for a local network, with lan: true';

/**
 * A group robot of WeCom, DingTalk or Feishu. All three answer 200 to whatever they get; only a
 * code of 0 in the answer is a yes.
 */
export function robotChannel(settings: RobotSettings, resolve: Resolve = resolveHost): Channel {
  const post = openPost(settings, resolve);
  return {
    lane: `channel:${settings.id}`,
    pace: ROBOT_PACE,
    async send(message, signal) {
      const { url, body } = CALLS[settings.kind](settings, textOf(message, settings.timeZone()), message.at);
      if (url.protocol !== 'https:' && !settings.lan) throw new Error(HTTPS);
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const answer = await post(url, headers, Buffer.from(JSON.stringify(body)), signal);
      expectSuccess(answer);
      expectCodeZero(answer);
    },
  };
}

const CALLS: Readonly<Record<RobotSettings['kind'], (s: RobotSettings, text: string, at: number) => Call>> = {
  wecom: ({ url }, content) => ({ url: addressOf(url), body: { msgtype: 'text', text: { content } } }),
  dingtalk: ({ url, secret }, content, at) => {
    const signed = addressOf(url);
    if (secret !== null) {
      signed.searchParams.set('timestamp', String(at));
      signed.searchParams.set('sign', dingtalkSign(secret.reveal(), at));
    }
    return { url: signed, body: { msgtype: 'text', text: { content } } };
  },
  feishu: ({ url, secret }, text, at) => {
    const seconds = Math.floor(at / 1000);
    const sign =
      secret === null ? {} : { timestamp: String(seconds), sign: feishuSign(secret.reveal(), seconds) };
    return { url: addressOf(url), body: { ...sign, msg_type: 'text', content: { text } } };
  },
};

/** Base64 of HMAC-SHA256 over `<ms>\n<secret>` with the secret as key. */
export function dingtalkSign(secret: string, ms: number): string {
  return createHmac('sha256', secret).update(`${ms}\n${secret}`).digest('base64');
}

/** Base64 of HMAC-SHA256 over nothing, with `<seconds>\n<secret>` as key. */
export function feishuSign(secret: string, seconds: number): string {
  return createHmac('sha256', `${seconds}\n${secret}`).digest('base64');
}

/** @throws Error that does not tell the address */
function addressOf(url: { reveal(): string }): URL {
  const parsed = URL.parse(url.reveal());
  if (parsed === null) throw new Error('the address of the robot is no URL');
  return parsed;
}

/** WeCom and DingTalk say `errcode`, Feishu `code`, and its older robots `StatusCode`. */
function expectCodeZero({ body }: Answer): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Error('answered with something that is not JSON');
  }
  const of = (key: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, key) : undefined;
  const code = of('errcode') ?? of('code') ?? of('StatusCode');
  if (code === 0) return;
  const said = of('errmsg') ?? of('msg') ?? of('StatusMessage');
  throw new Error(
    `answered with code ${String(code)}${typeof said === 'string' ? `: ${said.slice(0, 200)}` : ''}`,
  );
}

function textOf({ about, others, at }: Message, timeZone: string): string {
  const { subject, body } = wordingOf(about, at, timeZone, others);
  return cut(`${subject.zh}\n${rest(body.zh)}\n\n${subject.en}\n${rest(body.en)}`);
}

/** All but the title. */
function rest(text: string): string {
  return text.split('\n').slice(1).join('\n');
}

/** At most MOST_TEXT bytes, cut between characters. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_TEXT) return text;
  let end = MOST_TEXT - 3;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.subarray(0, end).toString()}…`;
}
