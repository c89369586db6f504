import type { Arrival } from '../domain/device.ts';
import { isUsable } from '../domain/reading.ts';
import type { StreamId, StreamSpec } from '../domain/stream.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import type { Context } from './context.ts';
import { devicesOf } from './device-list.ts';
import { connectionOf, narrowed, runTrial } from './device-trial.ts';
import { adviceOf, shownValue } from './device-words.ts';
import { sightingOf, sightingText, type Sighting } from './sightings.ts';

/** So often a stream may be read as bad before it counts as bad: one lost frame on a bus is no news. */
const BAD_ENOUGH = 3;
const MOST_REMARKS = 5;
/** Tags or codes shown of one read point, the newest. */
const MOST_SEEN = 5;

export type StreamResult = {
  readonly id: StreamId;
  /** `works` has a value; `bad` was told without one; `nothing` was told. */
  readonly state: 'works' | 'bad' | 'nothing';
  readonly v: number | null;
  readonly q: number | null;
  /** Of a read point: what it saw last, the newest first. */
  readonly seen?: readonly Sighting[];
};

export type TestResult = {
  readonly device: string;
  readonly works: boolean;
  readonly streams: readonly StreamResult[];
  /** What went wrong meanwhile, in the system's and the driver's words. */
  readonly remarks: readonly string[];
};

/**
 * Opens the one connection and waits until every stream of the device has spoken, at most `patienceMs`.
 * It works when something was read and nothing is bad; a stream that tells only changes may say nothing.
 */
export async function testDevice(
  context: Context,
  site: SiteConfiguration,
  device: string,
  patienceMs: number,
): Promise<{ readonly result: TestResult; readonly streams: readonly StreamSpec[] }> {
  const connection = connectionOf(site, device);
  const tested = narrowed(connection, device);
  const streams = tested.streams.filter((s) => s.dev === device || connection.id === device);
  const hearing = new Hearing(streams, connection.id === device ? devicesOf(connection) : [device]);
  const done = new AbortController();
  const patience = AbortSignal.timeout(patienceMs);
  const trial = {
    connections: [tested],
    onArrival: (arrival: Arrival) => {
      hearing.take(arrival, connection.id);
      if (hearing.isComplete) done.abort();
    },
    onTrouble: (said: string) => hearing.remark(said),
    trace: () => undefined,
  };
  await runTrial(context, site, trial, AbortSignal.any([done.signal, patience, context.world.signal]));
  const results = hearing.results();
  const works = results.some((r) => r.state === 'works') && results.every((r) => r.state !== 'bad');
  return { result: { device, works, streams: results, remarks: hearing.remarks }, streams };
}

export function describeTest(
  { device, works, streams: results, remarks }: TestResult,
  streams: readonly StreamSpec[],
  context: Context,
): string {
  const lines = results.map((result) => {
    const stream = streams.find((s) => s.id === result.id);
    return `  ${result.id}: ${stream === undefined ? result.state : wordsOf(result, stream, context)}`;
  });
  // One failed poll is no news to a gateway; to who stands before the device it is.
  const reasons = remarks.length === 0 && !works ? ['timeout'] : remarks;
  const advice = new Set(reasons.map((said) => adviceOf(said)).filter((words) => words !== null));
  return [
    works
      ? context.say({ en: `${device} works`, zh: `${device} 工作正常` })
      : context.say({ en: `${device} does not work`, zh: `${device} 不正常` }),
    ...lines,
    ...[...advice].map((words) => `${context.say({ en: 'Advice: ', zh: '建议：' })}${context.say(words)}.`),
    ...(remarks.length === 0 ? [] : [context.say({ en: 'What was said:', zh: '原始信息：' })]),
    ...remarks.map((said) => `  ${said}`),
  ].join('\n');
}

function wordsOf({ state, v, q, seen }: StreamResult, stream: StreamSpec, context: Context): string {
  if (state === 'works' && seen !== undefined) return seenText(seen, context);
  if (state === 'works') return shownValue({ v, q: q ?? 0 }, stream, context);
  if (state === 'bad')
    return context.say({ en: 'read, and no usable value came', zh: '已读取，但没有可用的值' });
  return context.say({
    en: 'nothing was heard; if it tells only changes, make one',
    zh: '没有收到数据；若只在变化时上报，请触发一次',
  });
}

function seenText(seen: readonly Sighting[], context: Context): string {
  if (seen.length === 0)
    return context.say({ en: 'it reads; nothing was there', zh: '读取正常，未发现标签' });
  return seen.map((sighting) => `\n    ${sightingText(sighting, context)}`).join('');
}

/** What was heard of the streams of one device. */
class Hearing {
  readonly #last = new Map<StreamId, StreamResult>();
  readonly #bad = new Map<StreamId, number>();
  readonly #remarks = new Set<string>();
  readonly #streams: readonly StreamSpec[];
  readonly #devices: readonly string[];

  constructor(streams: readonly StreamSpec[], devices: readonly string[]) {
    this.#streams = streams;
    this.#devices = devices;
  }

  take(
    { readings, observations = [], rounds = [], refusals = [], health = [] }: Arrival,
    connection: string,
  ): void {
    for (const { stream: id, v, q } of readings) {
      const isGood = isUsable(v, q);
      if (!isGood) this.#bad.set(id, (this.#bad.get(id) ?? 0) + 1);
      this.#last.set(id, { id, state: isGood ? 'works' : 'bad', v, q });
    }
    for (const { stream: id } of rounds) this.#see(id, []);
    for (const observation of observations) this.#see(observation.stream, [sightingOf(observation)]);
    const concerns = (named: string): boolean => named === connection || this.#devices.includes(named);
    for (const r of refusals) if (concerns(r.device)) this.remark(`${r.code}: ${r.detail}`);
    // Of a line that is down its driver logs more than this.
    const said = health.filter((h) => !h.healthy && concerns(h.device) && h.reason !== 'port-lost');
    for (const { reason } of said) this.remark(reason);
  }

  #see(id: StreamId, news: readonly Sighting[]): void {
    const before = this.#last.get(id)?.seen ?? [];
    const others = before.filter((b) => !news.some((n) => n.epc === b.epc && n.tid === b.tid));
    const seen = [...news, ...others].slice(0, MOST_SEEN);
    this.#last.set(id, { id, state: 'works', v: null, q: null, seen });
  }

  remark(said: string): void {
    if (this.#remarks.size < MOST_REMARKS) this.#remarks.add(said);
  }

  get remarks(): readonly string[] {
    return [...this.#remarks];
  }

  get isComplete(): boolean {
    const isBad = ({ id }: StreamSpec): boolean => (this.#bad.get(id) ?? 0) >= BAD_ENOUGH;
    const works = ({ id }: StreamSpec): boolean => this.#last.get(id)?.state === 'works';
    if (this.#streams.every((s) => works(s) || isBad(s))) return true;
    // A device that does not answer is not asked for what it has once a day.
    return this.#streams.some(isBad) && !this.#streams.some(works);
  }

  results(): StreamResult[] {
    return this.#streams.map(({ id }) => this.#last.get(id) ?? { id, state: 'nothing', v: null, q: null });
  }
}
