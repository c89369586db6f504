import type { OpenStream, StreamSpec } from '../domain/stream.ts';
import { Fields } from './fields.ts';
import { readStates, type States } from './kinds/state.ts';
import { Latest } from './latest.ts';
import { remembers } from './remembers.ts';
import type { Condition, Level } from './rule.ts';
import { readSelector } from './selector.ts';
import { Signal } from './signal.ts';
import type { Site, Zones } from './site.ts';
import { asWatch } from './watch-of-test.ts';
import { numberIn, type Cell, type Watch } from './watch.ts';

/** Makes a level raise only while a stream says so. */
export type While = (bind: Level['bind']) => Level['bind'];

type Gates = <S extends StreamSpec>(subject: StreamSpec, all: readonly S[], zones: Zones) => readonly S[];

const PLACED = ['stream', 'device', 'zone'];

/**
 * Reads `while: { on: { quantity: armed }, is: on }`: streams of the subject's zone, or where the selector says. Null, with a
 * problem told, when it is wrong. Outside that nothing raises and nothing clears; not known, neither is the rule.
 */
export function readWhile(rule: Fields, streams: readonly StreamSpec[], site: Site): While | null {
  const fields = Fields.of(rule.raw('while'), rule.at('while'), rule.problems, ['on', 'is']);
  if (fields === null) return null;
  const selected = readSelector(fields, 'on');
  if (selected === null) return null;
  const on: unknown = fields.raw('on');
  const isPlaced = typeof on === 'object' && on !== null && PLACED.some((key) => Object.hasOwn(on, key));
  const gates: Gates = (subject, all, zones) =>
    all.filter((s) => s.kind === 1 && (isPlaced || s.place === subject.place) && selected(s, zones));
  const named = streams.flatMap((s) => gates(s, site.streams, site.zones));
  const lacking = streams.find((s) => gates(s, site.streams, site.zones).length === 0);
  if (lacking !== undefined && site.complete) {
    return rule.fail('while', `names no stream beside ${lacking.id} in ${lacking.place || 'no zone'}`);
  }
  const states = readStates(fields, named);
  if (states === null) return null;
  return (bind) => (stream, world) => {
    const beside = gates(stream, world.streams, world.zones);
    const bound = bind(stream, world);
    // An optional rule where there is nothing to wait for always watches.
    return beside.length === 0 ? bound : gated(bound, stream, beside, states);
  };
}

/** Cells before those of the streams waited for, which are before the condition's own: what it last said. */
const SAID = 0;
const GATES = 1;

function gated(
  bound: Condition,
  stream: OpenStream,
  gates: readonly OpenStream[],
  states: States,
): Condition {
  const inner = asWatch(bound, stream).watch;
  if (inner === null) return bound;
  const latest = new Latest(gates);
  const own = GATES + 2 * gates.length;
  const isOpen = (cells: readonly Cell[]): boolean | null => {
    const said = gates.map((gate, i) => {
      const v = latest.value(cells.slice(GATES, own), i);
      return v === null ? null : states(gate).includes(v);
    });
    return said.includes(true) ? true : said.includes(null) ? null : false;
  };
  const take: Watch['take'] = (cells, happening) => {
    const { is, t } = happening;
    const isGate = is === 'reading' && happening.input >= inner.inputs.length;
    let said: Signal | null = null;
    if (isGate || is === 'start' || (is === 'time' && latest.due(cells.slice(GATES, own)) <= t)) {
      const shifted = isGate ? { ...happening, input: happening.input - inner.inputs.length } : happening;
      part(cells, GATES, own, (some) => latest.take(some, shifted));
      said = signalIn(cells);
    }
    if (!isGate && (is !== 'time' || inner.due(cells.slice(own)) <= t)) {
      part(cells, own, cells.length, (some) => {
        const now = inner.take(some, happening);
        if (now === null) return;
        cells[SAID] = now;
        said = now;
      });
    }
    if (said !== Signal.raise) return said;
    const open = isOpen(cells);
    return open === null ? Signal.unknown : open ? Signal.raise : Signal.hold;
  };
  const gate = remembers({
    ...inner,
    inputs: [...inner.inputs, ...gates],
    meaning: `while ${gates.length} ${inner.meaning}`,
    fresh: () => [Signal.notYet, ...latest.fresh(), ...inner.fresh()],
    take,
    due: (cells) => Math.min(latest.due(cells.slice(GATES, own)), inner.due(cells.slice(own))),
    shift: (cells, a) => {
      part(cells, GATES, own, (some) => latest.shift(some, a));
      part(cells, own, cells.length, (some) => inner.shift(some, a));
    },
  });
  return { ...gate, limits: bound.limits, coverMs: bound.coverMs };
}

/** Cells from here to there, as if they were all. */
function part(cells: Cell[], from: number, to: number, act: (some: Cell[]) => void): void {
  const some = cells.slice(from, to);
  act(some);
  cells.splice(from, to - from, ...some);
}

function signalIn(cells: readonly Cell[]): Signal {
  const said = numberIn(cells, SAID);
  return Object.values(Signal).find((one) => one === said) ?? Signal.notYet;
}
