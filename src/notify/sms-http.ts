import { resolveHost, type Resolve } from './address.ts';
import { expectSuccess, openPost, type Endpoint } from './http-call.ts';
import { addressOf, calledPerson, type People } from './people.ts';
import { PERSON_PACE } from './pace.ts';
import type { Channel } from './port.ts';
import { shortText } from './short-text.ts';

export type SmsHttpSettings = Endpoint & {
  readonly id: string;
  readonly url: string;
  /** What is posted, with `{phone}`, `{number}` (the phone without its +), `{text}` and `{id}` in it. */
  readonly body: string;
  /** How values are written into the body. */
  readonly format: 'json' | 'form';
  /** Value of the header `Authorization`; null for none. */
  readonly authorization: { reveal(): string } | null;
  /** What stands in the answer of a provider that took the message, since many refuse with a 200. */
  readonly success: string;
  readonly people: People;
  readonly timeZone: () => string;
};

const TYPES = { json: 'application/json; charset=utf-8', form: 'application/x-www-form-urlencoded' } as const;
const SHOWN = 200;

/** SMS by a provider's HTTP interface, whose call is a template. One message, one person. */
export function smsHttpChannel(settings: SmsHttpSettings, resolve: Resolve = resolveHost): Channel {
  const url = new URL(settings.url);
  const post = openPost(settings, resolve);
  return {
    lane: `channel:${settings.id}`,
    pace: PERSON_PACE,
    async send(message, signal) {
      const person = calledPerson(settings.people, message.role);
      const phone = addressOf(person, 'phone');
      const text = shortText(message, person.language, settings.timeZone());
      const values = { phone, number: phone.slice(1), text, id: message.id };
      const body = Buffer.from(filled(settings.body, settings.format, values));
      const login = settings.authorization === null ? {} : { authorization: settings.authorization.reveal() };
      const answer = await post(url, { 'content-type': TYPES[settings.format], ...login }, body, signal);
      expectSuccess(answer);
      if (answer.body.includes(settings.success)) return;
      throw new Error(
        `answered without ${settings.success}: ${printable(answer.body.replaceAll(phone, '[phone]'))}`,
      );
    },
  };
}

/** Each value is written as the format asks, so that no text breaks out of it. */
function filled(template: string, format: 'json' | 'form', values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return format === 'json' ? JSON.stringify(value).slice(1, -1) : encodeURIComponent(value);
  });
}

/** The start of an answer, fit for a line of a log. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, SHOWN);
}
