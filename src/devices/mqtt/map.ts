import type { StreamId } from '../../domain/stream.ts';
import type { Json } from '../../domain/strict-json.ts';
import { scale, type Decimal } from '../../domain/units.ts';
import { Quality } from '../../domain/reading.ts';
import type { Repeats } from '../repeats.ts';
import { UNCERTAIN_AHEAD_MS, untimely } from '../source-time.ts';
import { compileBody, type Body } from './body.ts';
import type { MappedDevice } from './mapped-device.ts';
import { compilePath, shown, textOf, type JsonPath } from './json-path.ts';
import type { Draft, Message } from './message.ts';
import { fill, type Profile, type ProfileMessage } from './profile.ts';
import { readTime, type TimeForm } from './time-field.ts';
import { readValue, type ValueRule } from './value-field.ts';

/** Stored records that one message may bring; what a device holds back longer it sends in several. */
const MOST_HISTORY = 1000;

/** One topic of one device and what its messages mean. */
export type MessageMap = {
  readonly device: string;
  readonly topic: string;
  read(message: Message, draft: Draft, repeats: Repeats): void;
  /** What a repeat would share with the message that brought this reading; null for nothing. */
  identityOf(channel: string, v: number | null, sourceAt: number | undefined): string | null;
};

type ValueField = {
  readonly channel: string;
  readonly stream: StreamId;
  readonly path: string;
  readonly find: JsonPath;
  readonly required: boolean;
  readonly rule: ValueRule;
  readonly least: number;
  readonly most: number;
  readonly maxGapMs: number;
};

/** The maps of a device: its profile with this device's topic, address and streams filled in. */
export function compileMaps(profile: Profile, device: MappedDevice): MessageMap[] {
  return profile.messages.map((m) => new CompiledMap(profile, m, device));
}

class CompiledMap implements MessageMap {
  readonly topic: string;
  readonly device: string;
  readonly #body: Body;
  readonly #values: readonly ValueField[];
  readonly #time: { readonly find: JsonPath; readonly form: TimeForm; readonly required: boolean } | null;
  readonly #repeat: 'time' | JsonPath | null;
  /** Channel that journals the counter of repeats, if one does. */
  readonly #counter: string | null;
  readonly #history: { readonly find: JsonPath; readonly time: JsonPath; readonly form: TimeForm } | null;

  constructor(profile: Profile, m: ProfileMessage, device: MappedDevice) {
    const path = (text: string) => compilePath(fill(text, device.words));
    this.topic = fill(m.topic, device.words);
    this.device = device.id;
    this.#body = compileBody(m, device);
    this.#values = m.values.map((v) => valueField(profile, v, device));
    this.#time = m.time === undefined ? null : { ...m.time, find: path(m.time.path) };
    this.#repeat = m.repeat === undefined || m.repeat === 'time' ? (m.repeat ?? null) : path(m.repeat);
    this.#counter = m.values.find((v) => v.path === m.repeat)?.channel ?? null;
    this.#history =
      m.history === undefined
        ? null
        : { find: path(m.history.path), time: path(m.history.time.path), form: m.history.time.form };
  }

  read(message: Message, draft: Draft, repeats: Repeats): void {
    const body = this.#body(message, draft);
    if (body === null) return;
    const at = this.#timeOf(body.envelope, message.now, draft);
    if (at === null) return;
    const identity = this.#identity(body.envelope, at);
    if (identity !== null && repeats.isRepeat(this.device, identity, this.#seeded(identity, at))) {
      this.#refuse(draft, null, 'REFUSED', `repeat of ${identity}`);
      return;
    }
    const before = draft.readings.length + draft.refusals.length;
    this.#take(body.values, at, message, draft);
    this.#takeHistory(body.values, message, draft);
    if (draft.readings.length + draft.refusals.length === before) {
      const names = this.#values.map((v) => v.path).join(', ');
      this.#refuse(draft, null, 'MALFORMED', `none of ${names} is in it`);
    }
  }

  identityOf(channel: string, v: number | null, sourceAt: number | undefined): string | null {
    if (this.#repeat === null || (this.#time !== null && sourceAt === undefined)) return null;
    if (this.#counter === null) return sourceAt === undefined ? null : identityText('', sourceAt);
    return channel === this.#counter && v !== null ? identityText(String(v), sourceAt) : null;
  }

  /** What `identityOf` makes of this message: its counter where that is journaled, else its time. */
  #seeded(identity: string, at: number | undefined): string | null {
    if (this.#counter !== null) return identity;
    return at === undefined ? null : identityText('', at);
  }

  #identity(envelope: Json, at: number | undefined): string | null {
    if (this.#repeat === null) return null;
    if (this.#repeat === 'time') return at === undefined ? null : identityText('', at);
    const counter = textOf(this.#repeat(envelope));
    return counter === undefined ? null : identityText(counter, at);
  }

  /** The device's own time, undefined where it gives none, null when the message was refused. */
  #timeOf(envelope: Json, now: number, draft: Draft): number | undefined | null {
    if (this.#time === null) return undefined;
    const found = this.#time.find(envelope);
    if (found === undefined || found === null) {
      return this.#time.required ? this.#refuse(draft, null, 'MALFORMED', 'time is missing') : undefined;
    }
    const at = readTime(found, this.#time.form);
    if (at === null) return this.#refuse(draft, null, 'MALFORMED', `time is ${shown(found)}, no instant`);
    const wrong = untimely(at, now);
    return wrong === null ? at : this.#refuse(draft, null, 'REFUSED', `time ${wrong}`);
  }

  #take(values: Json, at: number | undefined, message: Message, draft: Draft): void {
    for (const field of this.#values) {
      const found = field.find(values);
      if (found === undefined) {
        if (field.required) this.#refuse(draft, field.stream, 'MALFORMED', `${field.path} is missing`);
        continue;
      }
      const read = readValue(found, field.rule);
      if (!read.ok) {
        this.#refuse(draft, field.stream, 'MALFORMED', `${field.path} ${read.reason}`);
        continue;
      }
      const q = quality(read.v, at, message, field);
      draft.readings.push(
        at === undefined
          ? { stream: field.stream, v: read.v, q }
          : { stream: field.stream, v: read.v, q, sourceAt: at },
      );
    }
  }

  #takeHistory(values: Json, message: Message, draft: Draft): void {
    const records = this.#history?.find(values);
    if (this.#history === null || records === undefined) return;
    if (!Array.isArray(records)) {
      this.#refuse(draft, null, 'MALFORMED', `history is ${shown(records)}, expected a list`);
      return;
    }
    if (records.length > MOST_HISTORY) {
      const detail = `history of ${records.length} records, the first ${MOST_HISTORY} are taken`;
      this.#refuse(draft, null, 'REFUSED', detail);
    }
    for (const record of (records as readonly Json[]).slice(0, MOST_HISTORY)) {
      const found = this.#history.time(record);
      const at = found === undefined ? null : readTime(found, this.#history.form);
      const wrong = at === null ? `is ${shown(found)}, no instant` : untimely(at, message.now);
      if (at === null || wrong !== null) {
        this.#refuse(draft, null, at === null ? 'MALFORMED' : 'REFUSED', `history time ${String(wrong)}`);
      } else {
        this.#take(record, at, message, draft);
      }
    }
  }

  #refuse(draft: Draft, stream: StreamId | null, code: 'MALFORMED' | 'REFUSED', detail: string): null {
    draft.refusals.push({ device: this.device, stream, code, detail });
    return null;
  }
}

function identityText(counter: string, at: number | undefined): string {
  return at === undefined ? `no. ${counter}` : `${counter === '' ? '' : `no. ${counter} of `}${at}`;
}

function quality(v: number | null, at: number | undefined, message: Message, field: ValueField): number {
  let q: number = Quality.good;
  if (v !== null && (v < field.least || v > field.most)) q |= Quality.outsideRange;
  if (at === undefined) return message.retained ? q | Quality.stale : q;
  if (at < message.now - field.maxGapMs) q |= Quality.backfilled;
  if (at > message.now + UNCERTAIN_AHEAD_MS) q |= Quality.deviceTimeUncertain;
  return q;
}

function valueField(profile: Profile, v: ProfileMessage['values'][number], device: MappedDevice): ValueField {
  const channel = profile.channels.find((c) => c.id === v.channel);
  const stream = device.streams.get(v.channel);
  if (channel === undefined || stream === undefined) throw new Error(`no channel ${v.channel}`);
  return {
    channel: v.channel,
    stream: stream.id,
    path: fill(v.path, device.words),
    find: compilePath(fill(v.path, device.words)),
    required: v.required,
    rule: {
      exp: channel.exp,
      words: v.words === undefined ? null : new Map(Object.entries(v.words)),
      numberAsText: v['number-as-text'],
      round: v.round,
      scale: v.scale ?? null,
      offset: v.offset ?? null,
    },
    least: bound(channel.plausible?.[0], channel.exp, Number.NEGATIVE_INFINITY),
    most: bound(channel.plausible?.[1], channel.exp, Number.POSITIVE_INFINITY),
    maxGapMs: stream.maxGapMs,
  };
}

function bound(limit: Decimal | undefined, exp: number, none: number): number {
  return limit === undefined ? none : (scale(limit, exp) ?? limit.digits * 10 ** (limit.exp - exp));
}
