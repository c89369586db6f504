/** xs:duration of whole seconds: `PT60S`. */
export function writeDuration(ms: number): string {
  return `PT${Math.max(1, Math.round(ms / 1000))}S`;
}

/** ms of an xs:duration without years and months; null for another text. */
export function readDuration(text: string): number | null {
  const match = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})(?:\.\d{1,9})?S)?)?$/.exec(
    text,
  );
  if (match === null || text.length < 3 || text.endsWith('T')) return null;
  const [, d = '0', h = '0', m = '0', s = '0'] = match;
  return (((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60 + Number(s)) * 1000;
}

/** ms since 1970 of an xs:dateTime; one without a zone is UTC, as ONVIF wants all of them. Null for another text. */
export function readTime(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) return null;
  const [, seconds = '', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${seconds}${fraction.slice(0, 4)}${zone}`);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

export function writeTime(ms: number): string {
  return new Date(ms).toISOString();
}
