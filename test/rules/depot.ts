import { plainRoute } from '../../src/domain/calling.ts';
import type { OpenStream, StreamKind } from '../../src/domain/stream.ts';
import type { GoodsFacts, ItemFact, Release, WeighingTicket } from '../../src/domain/goods/facts.ts';
import {
  RecordType,
  StatementKind,
  type LogRecord,
  type RecordType as Type,
  type ReleaseStep,
  type Value,
} from '../../src/domain/record.ts';
import { checkRules } from '../../src/rules/check.ts';
import { bindRules, type RuleSet } from '../../src/rules/rule-set.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { Site } from '../../src/rules/site.ts';
import { findings, Timeline, type Outcome } from './timeline.ts';

/** Goods of which nothing is on record. */
export const NO_GOODS: GoodsFacts = {
  item: () => null,
  release: () => ({ is: 'free' }),
  receiptsIn: () => [],
  amounts: () => null,
  counted: () => null,
  ticket: () => null,
  ordersAt: () => [],
};

export type Stock = {
  readonly onReceipt?: number;
  readonly floor?: number | null;
  readonly attested?: number | null;
  /** So long what is attested counts; left out: for ever. */
  readonly freshMs?: number;
  /** The newest count; null is one that was not complete. */
  readonly counted?: number | null;
  readonly ticket?: Pick<WeighingTicket, 'net' | 'declared'> & Partial<WeighingTicket>;
};

/** The site of the tests of rules that look around: a cold room, a yard with a gate, a truck, a shelf. */
const M = 60_000;

const S: readonly (readonly [id: string, quantity: string, unit: string, exp: number, place: string])[] = [
  ['probe-1/temperature', 'temperature', 'Cel', -2, 'cold-1'],
  ['probe-2/temperature', 'temperature', 'Cel', -1, 'cold-1'],
  ['probe-3/temperature', 'temperature', 'Cel', -2, 'cold-1'],
  ['probe-1/humidity', 'humidity', '%', -1, 'cold-1'],
  ['probe-1/correction', 'correction', 'Cel', -1, 'cold-1'],
  ['door-1/contact', 'door', '1', 0, 'cold-1'],
  ['alone/temperature', 'temperature', 'Cel', -2, 'cold-2'],
  ['room-1/temperature', 'temperature', 'Cel', -2, 'store-1'],
  ['fence-1/zone-1', 'fence', '1', 0, 'yard'],
  ['fence-1/tamper', 'tamper', '1', 0, 'yard'],
  ['fence-1/armed', 'armed', '1', 0, 'yard'],
  ['radar-1/intrusion', 'intrusion', '1', 0, 'yard'],
  ['reader-1/shelf-tags', 'tags', '1', 0, 'yard'],
  ['gate-1/position', 'barrier', '1', 0, 'gate'],
  ['scale-1/weight', 'weight', 'kg', -1, 'yard'],
  ['truck-7/speed', 'speed', 'km/h', -1, 'truck-7'],
  ['truck-7/on-route-road', 'on-route', '1', 0, 'truck-7'],
  ['truck-7/inside-depot', 'inside', '1', 0, 'truck-7'],
  ['truck-7/inside-customer', 'inside', '1', 0, 'truck-7'],
  ['truck-7/door', 'door', '1', 0, 'truck-7'],
  ['truck-7/temperature', 'temperature', 'Cel', -1, 'truck-7'],
  ['truck-7/ignition', 'ignition', '1', 0, 'truck-7'],
  ['ups-1/mains', 'mains-failure', '1', 0, 'office'],
  ['meter-1/voltage', 'mains-voltage', 'V', -1, 'office'],
  ['ups-1/charge', 'battery', '%', 0, 'office'],
  ['camera-1/frozen', 'frozen', '1', 0, 'yard'],
  ['vaccine-1/temperature', 'temperature', 'Cel', -1, 'box-1'],
  ['vaccine-2/temperature', 'temperature', 'Cel', -1, 'box-2'],
  ['chill-1/temperature', 'temperature', 'Cel', -1, 'chill-1'],
  ['frozen-1/temperature', 'temperature', 'Cel', -1, 'frozen-1'],
];

export const DEPOT_STREAMS: readonly OpenStream[] = [
  ...S.map(([id, quantity, unit, exp, place], i) => stream(i + 1, 1, id, quantity, unit, exp, place)),
  stream(S.length + 1, 2, 'reader-1/shelf', 'tag', '1', 0, 'yard'),
  stream(S.length + 2, 2, 'portal-1/dock', 'tag', '1', 0, 'gate'),
  stream(S.length + 3, 1, 'reader-1/shelf-conflicts', 'tag-conflicts', '1', 0, 'yard'),
];

function stream(
  slot: number,
  kind: StreamKind,
  id: string,
  quantity: string,
  unit: string,
  exp: number,
  place: string,
): OpenStream {
  const [dev = '', ch = ''] = id.split('/');
  const rest = { cadenceMs: M, maxGapMs: 3 * M, src: 1, urgent: false } as const;
  return { id: `${dev}/${ch}`, dev, ch, slot, kind, quantity, unit, exp, place, ...rest };
}

const ZONES = ['cold-1', 'cold-2', 'store-1', 'yard', 'gate', 'truck-7', 'office', 'chill-1', 'frozen-1'];
const ROUTES = ['cold-duty', 'duty', 'fleet-duty', 'security', 'quality'];

export const DEPOT: Site = {
  streams: DEPOT_STREAMS,
  zones: new Map([
    ...ZONES.map((zone) => [zone, {}] as const),
    ['box-1', { vaccine: 'type-1' }],
    ['box-2', { vaccine: 'type-2' }],
  ]),
  routes: new Map(ROUTES.map((name) => [name, plainRoute(name, 'duty', [name])])),
  complete: true,
  isPending: () => false,
  actuators: new Map([
    ['gate-1', ['barrier-open', 'barrier-close']],
    ['dock', ['on', 'off']],
  ]),
};

/** A rule file's entry with everything that is not under test. */
export function depotRule(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    id: 'r',
    title: { en: 'A rule', zh: '规则' },
    basis: 'test',
    priority: 'high',
    'clear-after': '0s',
    ...rest,
  };
}

export function depotRules(raw: readonly unknown[]): readonly Rule[] {
  const result = checkRules(raw, DEPOT);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.path.join('.')}: ${p.message}`).join('\n'));
  return result.value;
}

/** Problems of one rule, as `path: message`. */
export function objections(raw: unknown): string[] {
  const result = checkRules([raw], DEPOT);
  return result.ok ? [] : result.problems.map((p) => `${p.path.slice(1).join('.')}: ${p.message}`);
}

/** A journal told line by line: what happened to a stream or device, and what the rules find. */
export class Story {
  readonly set: RuleSet;
  #line: Timeline;
  readonly #seqs = new Map<number, number>();
  #outcomes: Outcome[] = [];
  #t = 0;

  constructor(raw: readonly unknown[], t = 1_800_000_000_000) {
    this.set = bindRules(depotRules(raw), DEPOT_STREAMS, DEPOT.zones);
    this.#line = new Timeline(this.set);
    this.#t = t;
    this.#start = t;
  }
  readonly #start: number;

  get t(): number {
    return this.#t;
  }

  /** Time passes, and timers fire. */
  wait(ms: number): this {
    this.#t += ms;
    this.#outcomes.push(...this.#line.passTime(this.#t));
    return this;
  }

  /** A reading, with the device's own time where it has one. */
  read(id: string, v: number | null, q = 0, at: number | null = null): this {
    return this.#take(slotOf(id), RecordType.reading, at === null ? [v, q] : [v, q, at]);
  }

  /** The same value of several streams again and again, each `every` ms for `ms`. */
  hold(values: Readonly<Record<string, number>>, ms: number, every = M): this {
    for (let at = 0; at < ms; at += every) {
      for (const [id, v] of Object.entries(values)) this.read(id, v);
      this.wait(every);
    }
    return this;
  }

  late(id: string, v: number, at: number): this {
    return this.#take(slotOf(id), RecordType.reading, [v, 32, at]);
  }

  /** A sighting; one that came late has the reader's own time. */
  tag(id: string, epc: string, antenna = 1, at = this.#t): this {
    const q = at === this.#t ? 0 : 32;
    const bytes = Uint8Array.from(epc.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const body = [bytes, null, antenna, at, at, 3, -4000, q];
    return this.#take(slotOf(id), RecordType.observation, body);
  }

  round(id: string, distinct: number): this {
    return this.#take(slotOf(id), RecordType.round, [distinct, distinct]);
  }

  act(verb: string, object: string): this {
    return this.#take(0, RecordType.act, [7, 'operator', verb, object, null, null, 'seen', 0]);
  }

  command(device: string, verb: string, step = 2): this {
    return this.#take(0, RecordType.command, ['c', device, verb, null, 0, 0, this.#t + M, step]);
  }

  health(device: string, isWell: boolean): this {
    return this.#take(0, RecordType.statement, [1, device, isWell ? 1 : 0, null, '']);
  }

  anchored(): this {
    return this.outcome('final');
  }

  /** What a ledger or a witness said of a head. */
  outcome(said: string): this {
    return this.#take(0, RecordType.statement, [10, said, 5, null, 'network']);
  }

  system(code: number, a: number | null = null): this {
    if (code === 3) this.#t += a ?? 0;
    return this.#take(0, RecordType.system, [code, a, null, null]);
  }

  rules(name: number): this {
    return this.#take(0, RecordType.ruleSet, [new Uint8Array([name]), new Uint8Array(1), new Uint8Array(1)]);
  }

  restart(): this {
    this.#line = this.#line.restart();
    return this;
  }

  /** From now on this is said of these tags; of all others that no order lets them go. */
  orders(said: Readonly<Record<string, Release['is']>>): this {
    const release = (epc: string): Release => {
      const is = said[epc] ?? 'unreleased';
      if (is === 'unknown') return { is, why: 'the reader is ill' };
      return is === 'free' || is === 'unreleased' ? { is } : { is, order: 'ab'.repeat(32) };
    };
    this.#line.goods = { ...NO_GOODS, release };
    return this;
  }

  /** From now on orders in force name every place, or none does, and these tags are on record as taken out. */
  moved({ orders = [], takenOut = [] }: { orders?: readonly string[]; takenOut?: readonly string[] }): this {
    const out = { lot: 'lot-1', receipts: [], zone: '', seenAt: null };
    const item = (epc: string): ItemFact | null => (takenOut.includes(epc) ? out : null);
    this.#line.goods = { ...NO_GOODS, item, ordersAt: () => orders };
    return this;
  }

  /** What one receipt in each zone says and what is attested of it, told by a statement. */
  stock({ onReceipt = 40, floor = 30, attested = 40, freshMs, counted, ticket }: Stock): this {
    const t = this.#t;
    const goodUntil = freshMs === undefined ? null : t + freshMs;
    this.#line.goods = {
      ...NO_GOODS,
      receiptsIn: () => ['cd'.repeat(32)],
      amounts: () => ({ onReceipt, floor, attested, attestedAt: t, goodUntil }),
      counted: () => (counted === undefined ? null : { at: t, seen: counted, expected: onReceipt }),
      ticket: () => (ticket === undefined ? null : { at: t, gross: null, tare: null, ...ticket }),
    };
    return this.#take(0, RecordType.statement, [StatementKind.count, 'cd'.repeat(32), 0, null, '']);
  }

  /** A step of a release, with its detail. */
  release(step: ReleaseStep, detail: string): this {
    return this.#take(0, RecordType.release, [new Uint8Array(32), step, 0, detail]);
  }

  /** Findings since the last look, as `minutes rule phase value priority @cause`. */
  said(): string[] {
    const own = new Set(this.set.instances.map(({ rule }) => rule.id));
    // What the alarm machine says of itself is not under test here.
    const ours = this.#outcomes.splice(0).filter((o) => o.is === 'finding' && own.has(o.finding.rule));
    const said = findings(ours);
    return said.map((line) => line.replace(/^\d+/, (t) => String((Number(t) - this.#start) / M)));
  }

  /** The same without times, values and causes: `rule phase`. */
  words(): string[] {
    return this.said().map((line) => line.split(' ').slice(1, 3).join(' '));
  }

  #take(slot: number, type: Type, body: readonly Value[]): this {
    const seq = this.#seqs.get(slot) ?? 0;
    this.#seqs.set(slot, seq + 1);
    const record: LogRecord = { slot, seq, t: this.#t, type, body };
    this.#outcomes.push(...this.#line.take(record));
    return this;
  }
}

function slotOf(id: string): number {
  const slot = DEPOT_STREAMS.find((s) => s.id === id)?.slot;
  if (slot === undefined) throw new Error(`no stream ${id} in the depot`);
  return slot;
}
