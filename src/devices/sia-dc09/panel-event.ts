/** What a panel reports, by Contact ID (SIA DC-05) or SIA codes (DC-03). */

/** The conditions that can be told as streams: 1 while they last. */
export const CONDITIONS = ['alarm', 'tamper', 'mains', 'battery', 'communication', 'armed'] as const;
export type Condition = (typeof CONDITIONS)[number];

export type PanelEvent = {
  /** `test`: only a sign of life. `overflow`: the panel lost events. null: a code we have no word for. */
  readonly condition: Condition | 'test' | 'overflow' | null;
  /** False when it ended. */
  readonly active: boolean;
  /** 0 where none is named. */
  readonly partition: number;
  /** Zone, or the user who armed. */
  readonly zone: number;
  /** The code as sent, e.g. `1130` or `BA`. */
  readonly code: string;
};

/** Reads `#1234|1130 01 015`: qualifier, event, partition, zone. Null when it is no such text. */
export function readContactId(data: string, account: string): PanelEvent | null {
  const match = /^(?:#([0-9A-Fa-f]{3,16}))?\|([136])(\d{3}) (\d\d) (\d{3})$/.exec(data);
  if (match === null) return null;
  const [, named, qualifier = '', event = '', partition, zone] = match;
  if (named !== undefined && named.toUpperCase() !== account) return null;
  const condition = conditionOf(Number(event));
  // 401: 1 is opening, which disarms, and 3 closing. 6: it still lasts.
  const active = condition === 'armed' ? qualifier !== '1' : qualifier !== '3';
  return {
    condition,
    active,
    partition: Number(partition),
    zone: Number(zone),
    code: `${qualifier}${event}`,
  };
}

const TAMPERS: ReadonlySet<number> = new Set([137, 144, 145, 383]);
const TESTS: ReadonlySet<number> = new Set([601, 602, 603, 608]);

function conditionOf(event: number): PanelEvent['condition'] {
  if (TAMPERS.has(event)) return 'tamper';
  if (event >= 100 && event < 200) return 'alarm';
  if (event === 301) return 'mains';
  if (event === 302) return 'battery';
  if (event >= 350 && event <= 354) return 'communication';
  if ((event >= 401 && event <= 409) || event === 441) return 'armed';
  if (event === 624) return 'overflow';
  return TESTS.has(event) ? 'test' : null;
}

type SiaCode = readonly [condition: NonNullable<PanelEvent['condition']>, active: boolean];

const SIA_CODES: ReadonlyMap<string, SiaCode> = new Map<string, SiaCode>([
  // Burglary, fire, panic, hold-up, medical, gas, water, freeze, heat: A is an alarm, R and H its end.
  ...['B', 'F', 'P', 'H', 'M', 'G', 'W', 'Z', 'K'].flatMap((letter): [string, SiaCode][] => [
    [`${letter}A`, ['alarm', true]],
    [`${letter}R`, ['alarm', false]],
    [`${letter}H`, ['alarm', false]],
  ]),
  ['BV', ['alarm', true]],
  ['TA', ['tamper', true]],
  ['TR', ['tamper', false]],
  ['AT', ['mains', true]],
  ['AR', ['mains', false]],
  ['YT', ['battery', true]],
  ['YR', ['battery', false]],
  ['YC', ['communication', true]],
  ['YK', ['communication', false]],
  ['CL', ['armed', true]],
  ['CA', ['armed', true]],
  ['OP', ['armed', false]],
  ['OA', ['armed', false]],
  ['RP', ['test', true]],
  ['RX', ['test', true]],
]);

/** A modifier (`ri1`), or an event (`BA501`) with its own text; slashes may stand between them. */
const SIA_TOKEN = /\/?(?:([a-z]{2})([0-9.:-]*)|([A-Z]{2})(\d{0,4})(\^[^^]*\^|\*[^/]*)?)/y;

/** Reads `#1234|Nri1/BA501`: events of one message. Null when it is no such text. */
export function readSia(data: string, account: string): PanelEvent[] | null {
  const match = /^(?:#([0-9A-Fa-f]{3,16}))?\|([NO])(.*)$/.exec(data);
  if (match === null) return null;
  const [, named, , text = ''] = match;
  if (named !== undefined && named.toUpperCase() !== account) return null;
  const events: PanelEvent[] = [];
  let partition = 0;
  for (SIA_TOKEN.lastIndex = 0; SIA_TOKEN.lastIndex < text.length;) {
    const token = SIA_TOKEN.exec(text);
    if (token === null) return null;
    const [, modifier, value, code, zone] = token;
    if (modifier === 'ri') partition = Number(value);
    if (code === undefined) continue;
    const [condition, active] = SIA_CODES.get(code) ?? [null, true];
    events.push({ condition, active, partition, zone: Number(zone ?? ''), code });
  }
  if (Number.isNaN(partition)) return null;
  return events.length === 0 ? null : events;
}
