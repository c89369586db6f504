import { Readable } from 'node:stream';
import { alarmFigures, type FigureRecord } from '../alarms/figures.ts';
import { MemoryIncidents } from './incidents.fixture.ts';
import { MemoryPushing } from './push.fixture.ts';
import type { BundleWish } from '../domain/bundle-wish.ts';
import { SETTINGS } from './settings.fixture.ts';
import { Refused } from '../domain/errors.ts';
import type { GoodsKeeping } from './goods-port.ts';
import { MemoryOrders } from './orders.fixture.ts';
import { MemoryReceipts } from './receipts.fixture.ts';
import { MemoryCounts } from './counts.fixture.ts';
import { MemoryStandings } from './standings.fixture.ts';
import { GRANT_TOKENS, MemoryGrants } from './grants.fixture.ts';
import type {
  Act,
  AlarmAct,
  AlarmHistoryQuery,
  ApiParts,
  ApiSettings,
  Bundles,
  ErasureRequest,
  FeedEvent,
  Operator,
  ReadingsQuery,
  StreamAct,
  ZoneAct,
} from './port.ts';
import { MemoryRules } from './rules.fixture.ts';
import { credentialsOf, MemorySeen } from './seen.fixture.ts';
import { openApi, type Api } from './server.ts';
import {
  after,
  DOCK,
  GATEWAY,
  JOURNAL,
  NOON,
  NOTHING_ASIDE,
  OneLink,
  stream,
  value,
  warmAlarm,
  ANCHOR,
  DEVICES,
} from './site-things.fixture.ts';
import type {
  Alarm,
  AlarmEntry,
  Device,
  ErasedSpan,
  Maintenance,
  Reading,
  ReadingsPage,
  Status,
  Stream,
} from './types.ts';

/** A small site in memory, its state in the hands of the test. */

/** Of each role, and of whoever has the token of the data directory. */
export const TOKENS = {
  viewer: 'viewer-token-0123456789',
  operator: 'operator-token-0123456789',
  supervisor: 'supervisor-token-0123456789',
  installer: 'installer-token-0123456789',
  admin: 'admin-token-0123456789',
  auditor: 'auditor-token-0123456789',
  owner: 'owner-token-0123456789',
  ...GRANT_TOKENS,
} as const;

type Acknowledged = { readonly alarm: string } & Parameters<Operator['acknowledge']>[1];

export class MemorySite {
  keeping: GoodsKeeping | null = null;
  now = NOON;
  isReady = true;
  fails: Error | null = null;
  streamList: Stream[] = [
    stream('probe-1/temperature', 'temperature', 'Cel', -1, 0, value(43, -1, NOON - 2000)),
    stream('probe-1/humidity', 'humidity', '%', -1, 1, value(612, -1, NOON - 2000)),
    stream('door-1/door', 'door', '1', 0, 2, value(0, 0, NOON - 20_000)),
    { ...stream('probe-2/temperature', 'temperature', 'Cel', -1, 3, null), zone: DOCK },
  ];
  deviceList: Device[] = [...DEVICES];
  alarmList: Alarm[] = [warmAlarm()];
  recorded: Reading[] = [];
  isStopping = false;
  anchor: Status['anchor'] = ANCHOR;
  health: Status['health'] = [
    { name: 'journal', state: 'ok', detail: { en: 'records are stored', zh: '记录正常保存' } },
    { name: 'ledger', state: 'unknown', detail: { en: 'no answer yet', zh: '尚无应答' } },
  ];
  readonly acts: Act[] = [];
  readonly acknowledged: Acknowledged[] = [];
  readonly did: ({ readonly object: string } & (AlarmAct | ZoneAct | StreamAct))[] = [];
  maintained: Maintenance[] = [];
  figureRecords: FigureRecord[] = [];
  history: AlarmEntry[] = [];
  readonly historyQueries: AlarmHistoryQuery[] = [];
  readonly queries: ReadingsQuery[] = [];
  erasedSpans: ErasedSpan[] = [];
  note: string | null = 'a signed note';
  readonly erasures: ErasureRequest[] = [];
  readonly link = new OneLink();
  readonly opened: object[] = [];
  readonly bundleQueries: BundleWish[] = [];
  /** What is handed out for any wish; null for a text. */
  bundle: Buffer | null = null;
  readonly granting = new MemoryGrants();
  readonly seen = new MemorySeen();
  readonly counting = new MemoryCounts();
  readonly standings = new MemoryStandings();
  readonly receipts = new MemoryReceipts();
  readonly orders = new MemoryOrders();
  readonly rules = new MemoryRules();
  readonly incidents = new MemoryIncidents();
  readonly pushing = new MemoryPushing();
  readonly errors: unknown[] = [];
  epcis: ApiParts['epcis'] = null;
  readonly #listeners = new Set<(event: FeedEvent) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A new value of a stream, told to whoever listens. */
  read(id: string, v: number): void {
    const found = this.streamList.find((s) => s.id === id);
    if (found === undefined) throw new Error(`the site has no stream ${id}`);
    const latest = value(v, found.exp, this.now);
    this.streamList = this.streamList.map((s) => (s === found ? { ...s, state: 'fresh', latest } : s));
    this.tell({ kind: 'reading', stream: id, state: 'fresh', latest });
  }

  status(): Status {
    const unknown = this.streamList.filter((s) => s.state !== 'fresh').length;
    const calling = this.alarmList.filter((a) => a.acknowledged === null).length;
    return {
      ...GATEWAY,
      now: this.now,
      counts: {
        ...NOTHING_ASIDE,
        streams: this.streamList.length,
        streamsUnknown: unknown,
        devices: this.deviceList.length,
        alarms: this.alarmList.length,
        alarmsUnacknowledged: calling,
      },
      journal: { ...JOURNAL, lastCommitAt: this.now - 200 },
      anchor: this.anchor,
      health: this.health,
      outboxDepth: 0,
    };
  }

  parts(): ApiParts {
    return {
      view: {
        status: () => this.status(),
        streams: () => this.streamList,
        devices: () => this.deviceList,
        alarms: () => this.alarmList,
        alarm: (id) => this.alarmList.find((a) => a.id === id) ?? null,
        maintenance: () => this.maintained,
      },
      archive: {
        readings: (query) => this.#readings(query),
        alarmHistory: (query) => {
          this.historyQueries.push(query);
          return Promise.resolve({ alarm: query.alarm, entries: this.history, next: null });
        },
        alarmFigures: (window) => Promise.resolve(alarmFigures([], this.figureRecords, window)),
      },
      // A log of three entries.
      tlog: {
        checkpoint: () => this.note,
        tile: ({ kind, index, width }) =>
          index === 0 && width <= 3 ? Buffer.from(`${width} of ${kind}`.padEnd(32 * width, '.')) : null,
      },
      answering: this.link,
      erasing: {
        order: (request) => {
          if (this.fails !== null) throw this.fails;
          this.erasures.push(request);
        },
        state: () =>
          this.erasures.flatMap(({ streams, from, to }) =>
            streams.map((id) => ({ stream: id, from, to, act: { block: 3, seq: 7 }, blocksLeft: 2 })),
          ),
      },
      incidents: this.incidents,
      pushing: this.pushing,
      bundles: { make: (query) => this.#bundle(query) },
      feed: {
        subscribe: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      },
      operator: {
        acknowledge: (alarm, by) => this.#acknowledge(alarm, by),
        alarm: (alarm, act) => this.#do(alarm, act),
        breakGlass: (device, by) => Promise.resolve(void this.opened.push({ device, ...by })),
        stream: (object, act) => Promise.resolve(void this.did.push({ object, ...act })),
        zone: (zone, act) => Promise.resolve(void this.did.push({ object: zone, ...act })),
        record: (act) => {
          if (this.isStopping) return Promise.reject(new Refused('CONFLICT', 'the gateway is stopping'));
          this.acts.push(act);
          return Promise.resolve();
        },
      },
      probe: {
        ready: () => this.isReady,
        metrics: () => Promise.resolve('# TYPE bailee_commits_total counter\nbailee_commits_total 7\n'),
      },
      credentials: credentialsOf(TOKENS),
      granting: this.granting,
      seen: this.seen,
      counting: this.counting,
      standings: this.standings,
      receipts: this.receipts,
      epcis: this.epcis,
      keeping: this.keeping,
      orders: this.orders,
      rules: this.rules,
      onError: (error) => this.errors.push(error),
    };
  }

  open(settings: Partial<ApiSettings> = {}): Promise<Api> {
    return openApi({ ...SETTINGS, ...settings }, this.parts());
  }

  async #readings({ stream: id, from, to, limit, cursor }: ReadingsQuery): Promise<ReadingsPage> {
    this.queries.push({ stream: id, from, to, limit, cursor });
    if (this.fails !== null) throw this.fails;
    const found = this.streamList.find((s) => s.id === id);
    if (found === undefined) throw new Refused('NOT_FOUND', `there is no stream "${id}"`);
    const start = cursor === null ? 0 : Number(cursor);
    if (!Number.isSafeInteger(start)) throw new Refused('INVALID', `cursor "${cursor}" is none`);
    const all = this.recorded.filter((r) => r.t >= from && r.t < to && r.seq >= start);
    const readings = all.slice(0, limit);
    const next = all[limit];
    return Promise.resolve({
      stream: id,
      unit: found.unit,
      readings,
      erased: this.erasedSpans,
      next: next === undefined ? null : String(next.seq),
    });
  }

  /** As if no bundle could hold more than half a second. */
  #bundle(query: BundleWish): Promise<Awaited<ReturnType<Bundles['make']>>> {
    this.bundleQueries.push(query);
    if (this.fails !== null) return Promise.reject(this.fails);
    const until = Math.min(query.to, query.from + 500);
    const bytes = this.bundle ?? Buffer.from(`PK ${until - query.from} ms`);
    return Promise.resolve({ until, bytes: bytes.length, content: Readable.from([bytes]) });
  }

  #do(id: string, act: AlarmAct): Promise<void> {
    if (this.fails !== null) return Promise.reject(this.fails);
    this.did.push({ object: id, ...act });
    this.alarmList = this.alarmList.map((a) => (a.id === id ? after(a, act, this.now) : a));
    const changed = this.alarmList.find((a) => a.id === id);
    if (changed !== undefined) this.tell({ kind: 'alarm', alarm: changed });
    return Promise.resolve();
  }

  #acknowledge(id: string, by: Parameters<Operator['acknowledge']>[1]): Promise<void> {
    const alarm = this.alarmList.find((a) => a.id === id);
    if (alarm === undefined) return Promise.reject(new Refused('NOT_FOUND', `alarm "${id}" does not stand`));
    if (alarm.acknowledged !== null) {
      return Promise.reject(new Refused('CONFLICT', `alarm "${id}" is acknowledged`));
    }
    this.acknowledged.push({ alarm: id, ...by });
    const { role, meaning, reason } = by;
    const acknowledged = { by: 'operator', role, at: this.now, meaning, reason };
    const heard: Alarm = { ...alarm, state: 'acknowledged', acknowledged };
    this.alarmList = this.alarmList.map((a) => (a === alarm ? heard : a));
    this.tell({ kind: 'alarm', alarm: heard });
    return Promise.resolve();
  }
}
