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

/** The exact decimal as text, since a JSON number may be read as a binary fraction. */
function measured(m: Measured | null): { readonly value: string; readonly unit: string } | null {
  return m === null ? null : { value: formatScaled(m.v, m.exp), unit: m.unit };
}
