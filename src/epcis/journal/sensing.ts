import { FindingPhase, RecordType } from '../../domain/record.ts';
import type { ObjectEvent } from '../event-shapes.ts';
import { instant, NONE, number, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import {
  measuresText,
  NO_MEASURES,
  quantityOf,
  readMeasures,
  reportsOf,
  together,
  withReading,
  type Measures,
  type Quantity,
} from './measures.ts';
import { joined, parted, type Memory } from './memory.ts';
import type { KnownStream, Streams } from './streams.ts';

type SensorElement = NonNullable<ObjectEvent['sensorElementList']>[number];

/** The window under way of one stream; `told` names its newest record. */
type Open = {
  readonly index: number;
  readonly measures: Measures;
  readonly firstSeq: number;
  readonly told: Told;
  readonly isAlarm: boolean;
};

/** Of a longer stay its newest windows are told. */
const MOST_WINDOWS = 2000;

/** Readings by stream and window of evidence time; each window with records becomes one event when it is over. */
export class Sensing {
  readonly #draft: Drafting;
  readonly #memory: Memory;
  readonly #streams: Streams;
  readonly #open = new Map<number, Open>();
  /** Index of the window under way. */
  #index: number | null = null;

  constructor(draft: Drafting, memory: Memory, streams: Streams) {
    this.#draft = draft;
    this.#memory = memory;
    this.#streams = streams;
    for (const [key, value] of memory.under('open/')) {
      const slot = Number(key.slice('open/'.length));
      const open = readOpen(slot, value);
      this.#index = open.index;
      this.#open.set(slot, open);
    }
  }

  /** Events of the windows that this record is behind. */
  take(told: Told): MadeEvent[] {
    const { record } = told;
    const index = Math.floor(record.t / this.#draft.naming.windowMs);
    const events = this.#index !== null && index !== this.#index ? this.close(record.t) : [];
    this.#index = index;
    if (record.type === RecordType.reading) this.#read(told, index);
    if (record.type === RecordType.finding) this.#find(told.record.body);
    return events;
  }

  /** The windows under way are over: all, or that of a stream that changes. */
  close(t: number, only?: number): MadeEvent[] {
    const slots = [...this.#open.keys()].filter((slot) => only === undefined || slot === only);
    const events = slots.toSorted((a, b) => a - b).flatMap((slot) => this.#event(slot, t));
    for (const slot of slots) this.#open.delete(slot);
    return events;
  }

  /** Keeps the windows under way: called once at the end of a run over the journal. */
  keep(): void {
    for (const [key] of this.#memory.under('open/')) this.#memory.set(key, null);
    for (const [slot, open] of this.#open) this.#memory.set(`open/${slot}`, openText(open));
  }

  /** What was measured in a zone while something was there, by whole windows; empty where nothing was. */
  conditions(zone: string, from: number, to: number): SensorElement[] {
    return this.#streams.at(zone).flatMap((stream) => {
      const quantity = this.#quantity(stream);
      return quantity === null ? [] : this.#during(stream, quantity, from, to);
    });
  }

  #during(stream: KnownStream, quantity: Quantity, from: number, to: number): SensorElement[] {
    const { windowMs } = this.#draft.naming;
    const last = Math.floor(to / windowMs);
    const first = Math.max(Math.floor(from / windowMs), last - MOST_WINDOWS);
    let measures = NO_MEASURES;
    for (let index = first; index < last; index++) {
      const kept = this.#memory.get(`window/${stream.id}/${index}`);
      if (kept !== null) measures = together(measures, readMeasures(kept));
    }
    const open = this.#open.get(stream.slot);
    if (open?.index === last) measures = together(measures, open.measures);
    if (measures.n + measures.unusable === 0) return [];
    const reports = reportsOf(measures, quantity, stream.exp, this.#draft.names);
    return [this.#element(stream, reports, first * windowMs, Math.max(to, first * windowMs + 1))];
  }

  #element(
    stream: KnownStream,
    sensorReport: SensorElement['sensorReport'],
    from: number,
    to: number,
  ): SensorElement {
    const deviceID = this.#draft.names.device(stream.dev);
    const sensorMetadata = { startTime: instant(from), endTime: instant(to), deviceID, extensions: NONE };
    return { sensorMetadata, sensorReport, extensions: NONE };
  }

  #quantity({ id, unit, dev }: KnownStream): Quantity | null {
    return quantityOf(this.#draft.naming.quantities.get(id) ?? id.slice(dev.length + 1), unit);
  }

  #read(told: Told, index: number): void {
    const { slot, seq, body } = told.record;
    const stream = this.#streams.of(slot);
    const quantity = stream === null ? null : this.#quantity(stream);
    if (stream === null || quantity === null) return;
    const [v, q] = body;
    const open = this.#open.get(slot) ?? {
      index,
      measures: NO_MEASURES,
      firstSeq: seq,
      told,
      isAlarm: false,
    };
    const exp = quantity.isTemperature ? stream.exp : null;
    const measures = withReading(open.measures, typeof v === 'number' ? v : null, Number(q), exp);
    this.#open.set(slot, { ...open, told, measures });
  }

  /** `[rule, subject, phase, slot, seq, v]`: a rule found something in a stream of the window. */
  #find([, , phase, slot]: Told['record']['body']): void {
    const open = phase === FindingPhase.opened && typeof slot === 'number' ? this.#open.get(slot) : undefined;
    if (open !== undefined && typeof slot === 'number') this.#open.set(slot, { ...open, isAlarm: true });
  }

  #event(slot: number, t: number): MadeEvent[] {
    const open = this.#open.get(slot);
    const stream = this.#streams.of(slot);
    const quantity = stream === null ? null : this.#quantity(stream);
    if (open === undefined || stream === null || quantity === null) return [];
    const { windowMs } = this.#draft.naming;
    const { names } = this.#draft;
    const { index, measures, firstSeq, told, isAlarm } = open;
    this.#memory.set(`window/${stream.id}/${index}`, measuresText(measures));
    const alarm = { type: quantity.type, exception: 'ALARM_CONDITION', extensions: NONE };
    const reports = [...reportsOf(measures, quantity, stream.exp, names), ...(isAlarm ? [alarm] : [])];
    const [from, to] = [index * windowMs, (index + 1) * windowMs];
    const event = this.#draft.made('sensor', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      ...this.#draft.common({ ...told, record: { ...told.record, t } }, to, {
        readings: number(measures.n),
        unusable: number(measures.unusable),
        firstSeq: number(firstSeq),
      }),
      bizStep: 'sensor_reporting',
      readPoint: { id: names.point(stream.id), extensions: NONE },
      ...(stream.place === '' ? {} : { bizLocation: { id: names.zone(stream.place), extensions: NONE } }),
      sensorElementList: [this.#element(stream, reports, from, to)],
    });
    return [event];
  }
}

function openText({ index, measures, firstSeq, told, isAlarm }: Open): string {
  const { record, origin, block } = told;
  const place = [index, firstSeq, isAlarm ? 1 : 0, record.seq, record.t, origin, block, told.leaf()];
  return joined([...place, measuresText(measures)]);
}

function readOpen(slot: number, text: string): Open {
  const [index, firstSeq, alarm, seq, t, origin = '', block, leaf = '', ...measures] = parted(text);
  const record = { slot, seq: Number(seq), t: Number(t), type: RecordType.reading, body: [] };
  return {
    index: Number(index),
    measures: readMeasures(joined(measures)),
    firstSeq: Number(firstSeq),
    told: { record, origin, block: Number(block), leaf: () => leaf },
    isAlarm: alarm === '1',
  };
}
