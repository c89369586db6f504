import { resolveHost, type Resolve } from './address.ts';
import { expectSuccess, openPost, type Endpoint } from './http-call.ts';
import { ROBOT_PACE } from './pace.ts';
import type { Announcement, Channel } from './port.ts';
import { wordingOf } from './text.ts';

export type NtfySettings = Endpoint & {
  readonly id: string;
  /** Of the server, e.g. `https://ntfy.sh/`. */
  readonly url: string;
  /** Who knows the topic reads it: a secret on a public server. */
  readonly topic: { reveal(): string };
  readonly token: { reveal(): string } | null;
  readonly timeZone: () => string;
};

/** Of ntfy: 5 rings through the silence of a phone, 3 is usual. */
const PRIORITIES: Readonly<Record<Announcement['priority'], number>> = {
  urgent: 5,
  high: 4,
  medium: 3,
  low: 2,
};

/** A push to whoever listens to a topic of an ntfy server. */
export function ntfyChannel(settings: NtfySettings, resolve: Resolve = resolveHost): Channel {
  const url = new URL(settings.url);
  const post = openPost(settings, resolve);
  return {
    lane: `channel:${settings.id}`,
    pace: ROBOT_PACE,
    async send({ about, others, at }, signal) {
      const { subject, body } = wordingOf(about, at, settings.timeZone(), others);
      const message = {
        topic: settings.topic.reveal(),
        title: `${subject.zh} / ${subject.en}`,
        message: `${body.zh}\n\n${body.en}`,
        priority: about.calls ? PRIORITIES[about.priority] : PRIORITIES.low,
        click: about.link,
      };
      const login = settings.token === null ? {} : { authorization: `Bearer ${settings.token.reveal()}` };
      const headers = { 'content-type': 'application/json; charset=utf-8', ...login };
      expectSuccess(await post(url, headers, Buffer.from(JSON.stringify(message)), signal));
    },
  };
}
