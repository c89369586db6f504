import type { ReadingsPage } from './types.ts';

/**
 * RFC 4180, one line a reading, and one of quality `erased` where a time begins whose readings were; times are ISO 8601 in UTC. Nothing in it but the unit was typed by a
 * person, and a unit that a spreadsheet would run as a formula is led by an apostrophe.
 */
export function readingsCsv({ unit, readings, erased }: ReadingsPage): string {
  const told = readings.map((r) => ({
    t: r.t,
    line: [r.seq, iso(r.t), r.text ?? '', field(unit), r.q, r.sourceAt === null ? '' : iso(r.sourceAt)],
  }));
  const gone = erased.map(({ from }) => ({ t: from, line: ['', iso(from), '', field(unit), 'erased', ''] }));
  const lines = [...told, ...gone].sort((x, y) => x.t - y.t).map(({ line }) => line.join(','));
  return ['seq,time,value,unit,quality,source_time', ...lines, ''].join('\r\n');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
