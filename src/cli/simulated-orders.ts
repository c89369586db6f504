import { suggestion } from '../domain/nearest.ts';
import { parseDecimal, parseDuration, scale } from '../domain/units.ts';
import { UsageError } from './failure.ts';

/** What a person tells simulated devices; values are scaled as in the stream's profile. */
export type SimulationOrder =
  | { readonly kind: 'set'; readonly stream: string; readonly v: number }
  | {
      readonly kind: 'ramp';
      readonly stream: string;
      readonly from: number;
      readonly to: number;
      readonly ms: number;
    }
  | { readonly kind: 'sms'; readonly device: string; readonly number: string; readonly text: string }
  | { readonly kind: 'fault'; readonly device: string; readonly fault: string | null };

/** What there is to be told: exponents by stream, faults by device, modems. */
export type Simulatable = {
  readonly exps: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, readonly string[]>;
  /** Those that SMS can be sent to. */
  readonly phones: readonly string[];
};

const WORDS: Readonly<Record<string, number>> = { on: 1, off: 0, open: 1, closed: 0 };

/** Reads `probe-1/temperature=9.5`; `on`, `off`, `open` and `closed` are values too. @throws UsageError */
export function readSet(text: string, site: Simulatable): SimulationOrder {
  const [stream, value] = halves(text, 'DEVICE/CHANNEL=VALUE');
  return { kind: 'set', stream, v: scaled(value, stream, site) };
}

/** Reads `probe-1/temperature=4:9.5/60s`: from 4 to 9.5 within 60 s. @throws UsageError */
export function readRamp(text: string, site: Simulatable): SimulationOrder {
  const form = 'DEVICE/CHANNEL=FROM:TO/SPAN';
  const [stream, way] = halves(text, form);
  const match = /^([^:]+):([^/]+)\/(.+)$/.exec(way);
  const ms = match === null ? null : parseDuration(match[3] ?? '');
  if (match === null || ms === null || ms === 0) throw new UsageError(`"${text}" is not ${form}`);
  const [from, to] = [scaled(match[1] ?? '', stream, site), scaled(match[2] ?? '', stream, site)];
  return { kind: 'ramp', stream, from, to, ms };
}

/** Reads `probe-1=silent`, or `probe-1=none` for well again. @throws UsageError */
export function readFault(text: string, site: Simulatable): SimulationOrder {
  const [device, name] = halves(text, 'DEVICE=FAULT');
  const faults = site.faults.get(device);
  if (faults === undefined) {
    throw new UsageError(`no simulated device ${device}${suggestion(device, [...site.faults.keys()])}`);
  }
  if (name === 'none') return { kind: 'fault', device, fault: null };
  if (!faults.includes(name)) throw new UsageError(`no fault ${name}${suggestion(name, faults)}`);
  return { kind: 'fault', device, fault: name };
}

/** Reads `sms=+8613800000001 OK 0042`: a number sends the modem a text. @throws UsageError */
function readSms(text: string, { phones }: Simulatable): SimulationOrder {
  const form = 'MODEM=+NUMBER TEXT';
  const [device, message] = halves(text, form);
  if (!phones.includes(device))
    throw new UsageError(`no simulated modem ${device}${suggestion(device, phones)}`);
  const match = /^(\+[1-9]\d{4,14})\s+(\S.{0,69})$/.exec(message);
  if (match === null) throw new UsageError(`"${text}" is not ${form}, the text at most 70 letters`);
  return { kind: 'sms', device, number: match[1] ?? '', text: match[2] ?? '' };
}

/** Reads a line of standard input: `set …`, `ramp …`, `fault …` or `sms …`. @throws UsageError */
export function readOrder(line: string, site: Simulatable): SimulationOrder {
  const [verb = '', rest = ''] = line.trim().split(/\s+(.*)/);
  const readers = { set: readSet, ramp: readRamp, fault: readFault, sms: readSms };
  const read = Object.entries(readers).find(([name]) => name === verb)?.[1];
  if (read === undefined)
    throw new UsageError(`"${verb}" is no order${suggestion(verb, Object.keys(readers))}`);
  return read(rest, site);
}

function halves(text: string, form: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`"${text}" is not ${form}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function scaled(text: string, stream: string, { exps }: Simulatable): number {
  const exp = exps.get(stream);
  if (exp === undefined)
    throw new UsageError(`no simulated stream ${stream}${suggestion(stream, [...exps.keys()])}`);
  const word = exp === 0 ? WORDS[text] : undefined;
  const decimal = parseDecimal(text);
  const v = word ?? (decimal === null ? null : scale(decimal, exp));
  if (v === null) throw new UsageError(`"${text}" is no value of ${stream}, which has ${-exp} decimals`);
  return v;
}
