import type { NoticeField } from '../domain/notice-fields.ts';
import { formatScaled } from '../domain/units.ts';
import type { Measured, Message } from './port.ts';
import { wordingOf } from './text.ts';

/** What programs are told: all of a notice, as JSON. */
export function payloadOf(
  { id, attempt, role, about, at }: Message,
  timeZone: string,
): Record<string, unknown> {
  const { subject, body } = wordingOf(about, at, timeZone);
  return {
    format: 'bailee/notice/v1',
    id,
    attempt,
    role,
    alarm: about.alarm,
    priority: about.priority,
    calls: about.calls,
    title: about.title,
    subject,
    text: body,
    gateway: about.gateway,
    place: about.place,
    value: measured(about.value),
    limit: about.limit === null ? null : { side: about.limit.side, ...measured(about.limit) },
    since: new Date(about.since).toISOString(),
    at: new Date(at).toISOString(),
    link: about.link,
  };
}

/** The same, field by field, for a template. */
export function fieldsOf(
  message: Message,
  timeZone: string,
): Readonly<Record<NoticeField, string | number | boolean | null>> {
  const { id, attempt, role, about, at } = message;
  const { subject, body } = wordingOf(about, at, timeZone);
  const { title, gateway, place, value, limit } = about;
  return {
    id,
    attempt,
    role,
    alarm: about.alarm,
    priority: about.priority,
    calls: about.calls,
    'title.en': title.en,
    'title.zh': title.zh,
    'subject.en': subject.en,
    'subject.zh': subject.zh,
    'text.en': body.en,
    'text.zh': body.zh,
    'gateway.en': gateway.en,
    'gateway.zh': gateway.zh,
    'place.en': place?.en ?? null,
    'place.zh': place?.zh ?? null,
    value: measured(value)?.value ?? null,
    unit: value?.unit ?? limit?.unit ?? null,
    limit: measured(limit)?.value ?? null,
    side: limit?.side ?? null,
    since: new Date(about.since).toISOString(),
    at: new Date(at).toISOString(),
    link: about.link,
  };
}

/** The exact decimal as text, since a JSON number may be read as a binary fraction. */
function measured(m: Measured | null): { readonly value: string; readonly unit: string } | null {
  return m === null ? null : { value: formatScaled(m.v, m.exp), unit: m.unit };
}
