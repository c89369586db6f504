import * as z from 'zod';
import { identifier, list, secretReference, section, text, url, whole, word } from './fields.ts';
import { path } from './schema.ts';

/** The section `notify:`, and an entry of its channels by kind. */

const lan = z.boolean({ error: 'must be true or false' }).default(false);

const mailAddress = text(/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/, 'an e-mail address');

export const deviceChannel = section({
  id: identifier,
  kind: z.literal('device'),
  device: text(/^.{1,64}$/, 'the id of a device that takes commands'),
  on: text(/^.{1,32}$/, 'a command of that device, given when the alarm rises'),
  off: text(/^.{1,32}$/, 'a command of that device, given when the alarm is over').optional(),
});

export const smtpChannel = section({
  id: identifier,
  kind: z.literal('smtp'),
  server: url('smtps', 'smtp'),
  user: text(/^[^\p{Cc}]{1,128}$/u, 'a user name').optional(),
  password: secretReference.optional(),
  from: mailAddress,
  to: list(mailAddress, 1, 50).optional(),
  lan,
});

export const webhookChannel = section({
  id: identifier,
  kind: z.literal('webhook'),
  url: url('https', 'http'),
  secret: secretReference,
  template: z
    .record(z.string(), z.json(), {
      error: 'must be a map of what is sent, e.g. { msgtype: text, text: { content: "{text.zh}" } }',
    })
    .optional(),
  lan,
});

export const smsHttpChannel = section({
  id: identifier,
  kind: z.literal('sms-http'),
  url: url('https', 'http'),
  body: text(/^[^\0]{1,4096}$/, 'what is posted, with {phone} and {text} in it'),
  format: word('json', 'form').default('json'),
  authorization: secretReference.optional(),
  success: text(/^.{1,200}$/, 'what stands in the answer of a provider that took the message'),
  lan,
});

export const modemChannel = section({
  id: identifier,
  kind: z.literal('sms-modem'),
  port: path,
  baud: whole(1200, 921_600).default(115_200),
  mode: word('pdu', 'text').default('pdu'),
  pin: secretReference.optional(),
});

export const robotChannel = section({
  id: identifier,
  kind: word('wecom', 'dingtalk', 'feishu'),
  url: secretReference,
  secret: secretReference.optional(),
  lan,
});

export const ntfyChannel = section({
  id: identifier,
  kind: z.literal('ntfy'),
  url: url('https', 'http'),
  topic: secretReference,
  token: secretReference.optional(),
  lan,
});

export const mqttChannel = section({
  id: identifier,
  kind: z.literal('mqtt'),
  url: url('mqtts', 'mqtt'),
  topic: text(/^[^\0+#]{1,200}$/, 'a topic without + and #'),
  user: text(/^[^\p{Cc}]{1,128}$/u, 'a user name').optional(),
  password: secretReference.optional(),
  lan,
});

export const webPushChannel = section({
  id: identifier,
  kind: z.literal('web-push'),
  key: secretReference,
  contact: text(
    /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/,
    'whom a push service writes to, mailto:… or https://…',
  ),
  lan,
});

const channelKind = word(
  'device',
  'smtp',
  'webhook',
  'sms-http',
  'sms-modem',
  'wecom',
  'dingtalk',
  'feishu',
  'ntfy',
  'mqtt',
  'web-push',
);

/** An entry whose kind is wrong: what each key may hold is the same in every kind that has it. */
export const anyChannel = section({
  ...modemChannel.partial().shape,
  ...webPushChannel.partial().shape,
  ...mqttChannel.partial().shape,
  ...ntfyChannel.partial().shape,
  ...smsHttpChannel.partial().shape,
  ...webhookChannel.partial().shape,
  ...smtpChannel.partial().shape,
  ...deviceChannel.partial().shape,
  id: identifier,
  kind: channelKind,
});

/** Its lists are read entry by entry. */
export const notify = section({
  channels: z.unknown().optional(),
  routes: z.unknown().optional(),
  'alarm-system': z.unknown().optional(),
  'time-zone': z.unknown().optional(),
  people: z.unknown().optional(),
  shifts: z.unknown().optional(),
  roles: z.unknown().optional(),
});
