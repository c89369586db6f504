import { OWN_ALARMS } from '../../alarms/own-alarms.ts';
import type { Channel as ChannelSettings, Person as PersonSettings } from '../../config/configuration.ts';
import { BY_PAGE } from '../../config/people-schema.ts';
import { isReference, type SecretStore } from '../../config/secret.ts';
import { AlarmState, PRIORITY_NAMES, type Text } from '../../domain/alarm.ts';
import type { NoticeOrder } from '../../domain/commit.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { deviceChannel } from '../../notify/device-channel.ts';
import type { People, Person } from '../../notify/people.ts';
import type { Announcement, Channel, Command } from '../../notify/port.ts';
import type { ModemLine } from '../../notify/modem/at-line.ts';
import { modemChannel } from '../../notify/modem/channel.ts';
import { mqttChannel } from '../../notify/mqtt-publish.ts';
import { ntfyChannel } from '../../notify/ntfy.ts';
import { robotChannel } from '../../notify/robot.ts';
import { smsHttpChannel } from '../../notify/sms-http.ts';
import { smtpChannel } from '../../notify/smtp.ts';
import { webPushChannel } from '../../notify/web-push.ts';
import { webhookChannel } from '../../notify/webhook.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { Instance } from '../../rules/instance.ts';
import type { AnswerDesk } from './answer-desk.ts';
import type { Continued } from '../keys/epoch-end.ts';
import { breakGlassAnnouncement } from '../keys/break-glass-notice.ts';
import { announcementOf, EPOCH_OVER } from '../keys/epoch-notice.ts';
import type { Live } from '../recording/live.ts';
import { ownAnnouncement } from './own-announcement.ts';
import type { PushStore } from './push-store.ts';
import { ROLLED_BACK } from '../../rules/rolled-back.ts';
import { rulesAnnouncement, type RuleNews } from './rules-notice.ts';

/** The channels people are told through, their secrets read now. @throws ConfigError */
export function openChannels(
  settings: readonly ChannelSettings[],
  secrets: SecretStore,
  command: Command,
  place: Place,
): ReadonlyMap<string, Channel> {
  return new Map(settings.map((s) => [s.id, openChannel(s, secrets, command, place)]));
}

export type Place = {
  readonly timeZone: () => string;
  readonly domain: string;
  readonly people: People;
  /** A browser that a person subscribed is gone. */
  readonly onGone: (person: string, endpoint: string) => void;
  /** Opens a modem's line; whoever gave it closes it. */
  readonly modemLine: (port: string, baud: number) => ModemLine;
  /** An SMS that came in by a modem. */
  readonly onReply: (number: string, text: string) => void;
};

/** Everybody who is told, their addresses read now. @throws ConfigError */
export function peopleOf(
  settings: readonly PersonSettings[],
  secrets: SecretStore,
  browsers: Pick<PushStore, 'of'>,
): People {
  const read = (address: string | null): Person['phone'] => {
    if (address === null) return null;
    return isReference(address) ? secrets.read(address) : { reveal: () => address };
  };
  return new Map(
    settings.map(({ id, language, phone, mail, push }) => [
      id,
      {
        id,
        language,
        phone: read(phone),
        mail: read(mail),
        push: push === BY_PAGE ? { reveal: () => JSON.stringify(browsers.of(id)) } : read(push),
      },
    ]),
  );
}

function openChannel(s: ChannelSettings, secrets: SecretStore, command: Command, place: Place): Channel {
  if (s.kind === 'device') return deviceChannel(s, command);
  if (s.kind === 'webhook') return webhookChannel({ ...s, secret: secrets.read(s.secret), ...place });
  if (s.kind === 'sms-http') {
    const authorization = s.authorization === null ? null : secrets.read(s.authorization);
    return smsHttpChannel({ ...s, ...place, authorization });
  }
  const read = (reference: string | null) => (reference === null ? null : secrets.read(reference));
  if (s.kind === 'sms-modem') {
    return modemChannel({ ...s, ...place, pin: read(s.pin) }, place.modemLine(s.port, s.baud));
  }
  if (s.kind === 'ntfy') {
    return ntfyChannel({ ...s, ...place, topic: secrets.read(s.topic), token: read(s.token) });
  }
  if (s.kind === 'web-push') return webPushChannel({ ...s, ...place, key: secrets.read(s.key) });
  if (s.kind === 'mqtt') return mqttChannel({ ...s, ...place, login: loginOf(s.login, secrets) });
  if (s.kind === 'smtp') return smtpChannel({ ...s, ...place, login: loginOf(s.login, secrets) });
  return robotChannel({ ...s, ...place, url: secrets.read(s.url), secret: read(s.secret) });
}

function loginOf(login: { readonly user: string; readonly password: string } | null, secrets: SecretStore) {
  return login === null ? null : { user: login.user, password: secrets.read(login.password) };
}

export type AnnouncerParts = {
  readonly gateway: Text;
  readonly zones: ReadonlyMap<string, Text>;
  readonly streams: readonly OpenStream[];
  readonly deciding: Deciding;
  readonly live: Live;
  /** How the epoch before this one ended; null for the first. */
  readonly continued: () => Continued | null;
  /** Whether the rules in force are confirmed. */
  readonly rules: () => RuleNews;
  /** Where the page is, for the link to acknowledge. */
  readonly url: () => string;
  readonly answers: Pick<AnswerDesk, 'link' | 'code'>;
};

const CALLING: readonly AlarmState[] = [AlarmState.unacknowledged];

/** What a notice says of its alarm as it stands when it is sent; null when its rule is gone. */
export function announcerOf(parts: AnnouncerParts): (order: NoticeOrder) => Announcement | null {
  const streams = new Map(parts.streams.map((s) => [s.id as string, s]));
  return ({ alarm, role }) => {
    const own = parts.answers.link(alarm, role);
    const link = `${parts.url()}${own ?? `/#alarm=${encodeURIComponent(alarm)}`}`;
    if (alarm === EPOCH_OVER) {
      const continued = parts.continued();
      return continued === null ? null : announcementOf(continued, parts.gateway, parts.url());
    }
    if (alarm === ROLLED_BACK) return rulesAnnouncement(parts.rules(), parts.gateway, parts.url());
    const instance = parts.deciding.set.byAlarm.get(alarm);
    if (OWN_ALARMS.has(alarm))
      return { ...ownAnnouncement(alarm, parts), link, reply: parts.answers.code(alarm, role) };
    if (instance === undefined) {
      return breakGlassAnnouncement(alarm, parts.gateway, parts.live.lastCommitAt ?? 0, parts.url());
    }
    const { rule, subject } = instance;
    const standing = parts.deciding.alarms.get(alarm);
    const stream = streams.get(subject);
    const v = parts.live.valueOf(alarm);
    const priority = PRIORITY_NAMES[standing?.priority ?? rule.alarm.priority];
    return {
      alarm,
      title: rule.alarm.title,
      priority,
      calls: standing !== undefined && CALLING.includes(standing.state),
      gateway: parts.gateway,
      place: parts.zones.get(instance.stream.place) ?? null,
      value: stream === undefined || v === null ? null : { v, exp: stream.exp, unit: stream.unit },
      limit: limitOf(instance, stream, v),
      since: standing?.since ?? parts.live.lastCommitAt ?? 0,
      link,
      reply: parts.answers.code(alarm, role),
    };
  };
}

/** The limit that the value is beyond; without such a one the first stated. */
function limitOf(
  { levels }: Instance,
  stream: OpenStream | undefined,
  v: number | null,
): Announcement['limit'] {
  if (stream === undefined) return null;
  const limits = levels.flatMap((level) => level.limits);
  const passed = limits.find(({ side, value }) => {
    const limit = value.digits * 10 ** (value.exp - stream.exp);
    return v !== null && (side === 'above' ? v > limit : v < limit);
  });
  const told = passed ?? limits[0];
  if (told === undefined) return null;
  return { side: told.side, v: told.value.digits, exp: told.value.exp, unit: stream.unit };
}
