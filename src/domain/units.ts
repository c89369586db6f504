/** Quantities as people write them in configuration: `10s`, `2 °C`, `9600 baud`. */

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `250ms`, `10s`, `5m`, `1.5h`, `2d`; null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)$/.exec(text.trim());
  if (match === null) return null;
  const ms = Number(match[1]) * (DURATION_MS[match[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** `90s` for 90000: the shortest exact form, as people write it. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = DURATION_MS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** UCUM code of each spelling of a unit that configuration may use. */
const UCUM: Readonly<Record<string, string>> = {
  '°C': 'Cel',
  C: 'Cel',
  Cel: 'Cel',
  '%': '%',
  '%RH': '%',
  V: 'V',
  mV: 'mV',
  A: 'A',
  W: 'W',
  kW: 'kW',
  kWh: 'kW.h',
  Hz: 'Hz',
  Pa: 'Pa',
  hPa: 'hPa',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
  'cm/s': 'cm/s',
  'km/h': 'km/h',
  g: 'g',
  kg: 'kg',
  t: 't',
  lb: '[lb_av]',
  dBm: 'dB[mW]',
  d: 'd',
  '1': '1',
};

export function ucumOf(spelling: string): string | null {
  return UCUM[spelling] ?? null;
}

/** An exact decimal: value = digits · 10^exp. */
export type Decimal = { readonly digits: number; readonly exp: number };

/** Reads a decimal text exactly; null when it is none or has more than 15 digits. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const digits = Number(`${match[1] === '-' ? '-' : ''}${match[2]}${fraction}`);
  if (!Number.isSafeInteger(digits)) return null;
  return { digits: digits === 0 ? 0 : digits, exp: fraction === '' ? 0 : -fraction.length };
}

/** A number with an optional unit, e.g. `2 °C` or `-18`; unit is UCUM, null when none was written. */
export function parseQuantity(text: string): { value: Decimal; unit: string | null } | null {
  const match = /^([+-]?\d+(?:\.\d+)?)\s*(\D.*)?$/.exec(text.trim());
  if (match === null) return null;
  const value = parseDecimal(match[1] ?? '');
  if (value === null) return null;
  const spelling = match[2]?.trim();
  if (spelling === undefined || spelling === '') return { value, unit: null };
  const unit = ucumOf(spelling);
  return unit === null ? null : { value, unit };
}

/** Baud rate of `9600 baud` or `9600`; null when it is neither. */
export function parseBaud(text: string): number | null {
  const match = /^(\d{3,7})(?:\s*baud)?$/i.exec(text.trim());
  return match === null ? null : Number(match[1]);
}

/**
 * The decimal as a scaled integer of exponent `exp`; null when it cannot be written so exactly or
 * leaves ±(2^53-1). scale({digits: 85, exp: -1}, -2) = 850.
 */
export function scale(d: Decimal, exp: number): number | null {
  const shift = d.exp - exp;
  const scaled = shift >= 0 ? d.digits * 10 ** shift : d.digits / 10 ** -shift;
  return Number.isSafeInteger(scaled) ? scaled : null;
}

/** The scaled integer v · 10^exp as people read it: formatScaled(-35, -2) = `-0.35`. */
export function formatScaled(v: number, exp: number): string {
  if (exp >= 0) return String(v * 10 ** exp);
  const digits = String(Math.abs(v)).padStart(-exp + 1, '0');
  return `${v < 0 ? '-' : ''}${digits.slice(0, exp)}.${digits.slice(exp)}`;
}
