const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** A time with its zone (xsd:dateTimeStamp) as ms since 1970, fractions rounded half up; null where it is none. */
export function parseTime(text: string): number | null {
  const found = TIME.exec(text);
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const local = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  // A day or an hour that does not exist would have moved on to the next.
  if (new Date(local).toISOString().slice(0, 19) !== text.slice(0, 19)) return null;
  const fraction = (found[7] ?? '').padEnd(4, '0');
  const ms = Number(fraction.slice(0, 3)) + (Number(fraction[3]) >= 5 ? 1 : 0);
  return local + ms - offsetMs(found[8] ?? 'Z');
}

/** UTC with milliseconds, as the hash takes it. */
export function canonicalTime(text: string): string | null {
  const ms = parseTime(text);
  return ms === null ? null : new Date(ms).toISOString();
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
