import type { Refusal, Sink } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';
import { Repeats } from '../repeats.ts';
import type { MessageMap } from './map.ts';
import { Message, type Draft } from './message.ts';
import { covers, TopicTree } from './topic-tree.ts';

/** Where client and broker hand every message: same maps, same refusals, one arrival each. */
export class Inbox {
  readonly #connection: string;
  readonly #routes = new TopicTree<MessageMap>();
  readonly #maps: readonly MessageMap[];
  readonly #repeats = new Repeats();
  readonly #ignored: readonly string[];
  readonly #watchers = new TopicTree<(message: Message) => void>();
  /** Devices last heard to be unwell; a good reading makes them well again. */
  readonly #unwell = new Set<string>();
  readonly #now: () => number;
  readonly #maxBytes: number;
  sink: Sink | null = null;
  /** Is shown each message before anything is made of it. */
  tap: ((topic: string, payload: Uint8Array) => void) | null = null;

  /** @param ignored filters of topics that are known to say nothing to us */
  constructor(
    connection: string,
    maps: readonly MessageMap[],
    maxBytes: number,
    now: () => number,
    ignored: readonly string[] = [],
  ) {
    this.#ignored = ignored;
    this.#connection = connection;
    this.#maps = maps;
    this.#maxBytes = maxBytes;
    this.#now = now;
    for (const map of maps) this.#routes.add(map.topic, map);
  }

  /** Also shows messages of this topic to `watcher`, before anything is journaled of them. */
  watch(topic: string, watcher: (message: Message) => void): void {
    this.#watchers.add(topic, watcher);
  }

  /** Readings the journal already holds, so that their redelivery after a restart is a repeat. */
  seed(readings: Iterable<Reading>): void {
    for (const { stream, v, sourceAt } of readings) {
      const cut = stream.indexOf('/');
      const device = stream.slice(0, cut);
      for (const map of this.#maps) {
        if (map.device !== device) continue;
        const identity = map.identityOf(stream.slice(cut + 1), v, sourceAt);
        if (identity !== null) this.#repeats.seed(device, identity);
      }
    }
  }

  /**
   * Turns one message into one arrival. `committed` is called after its commit, for refused
   * messages too, so a poison message blocks nothing: its refusal is counted at once and on record
   * within ten seconds.
   */
  accept(topic: string, payload: Uint8Array, retained: boolean, committed?: () => void): void {
    this.tap?.(topic, payload);
    const draft: Draft = { readings: [], refusals: [], health: [] };
    const message = new Message(topic, payload, retained, this.#now());
    const maps = this.#routes.match(topic);
    const watchers = this.#watchers.match(topic);
    if (payload.length > this.#maxBytes) {
      this.#refuse(draft, maps, `message of ${payload.length} bytes, at most ${this.#maxBytes}`);
    } else {
      for (const watcher of watchers) watcher(message);
      for (const map of maps) map.read(message, draft, this.#repeats);
      if (maps.length === 0 && watchers.length === 0 && !this.#ignored.some((f) => covers(f, topic))) {
        this.#refuse(draft, maps, `unknown topic ${topic.slice(0, 100)}`);
      }
    }
    this.#deliver(draft, committed);
  }

  /** A message that was too large to be kept: only its topic and size are known. */
  refuseOversize(topic: string, bytes: number, committed?: () => void): void {
    const draft: Draft = { readings: [], refusals: [], health: [] };
    this.#refuse(draft, this.#routes.match(topic), `message of ${bytes} bytes, at most ${this.#maxBytes}`);
    this.#deliver(draft, committed);
  }

  /** Something was wrong with a client, not with a message of a known device. */
  refuse(detail: string, committed?: () => void): void {
    const draft: Draft = { readings: [], refusals: [], health: [] };
    this.#refuse(draft, [], detail);
    this.#deliver(draft, committed);
  }

  /** The connection itself came or went. */
  note(healthy: boolean, reason: string): void {
    const device = this.#connection;
    this.sink?.({ readings: [], health: [{ device, healthy, reason }] });
  }

  #refuse(draft: Draft, maps: readonly MessageMap[], detail: string): void {
    const devices = maps.length === 0 ? [this.#connection] : [...new Set(maps.map((m) => m.device))];
    const code: Refusal['code'] = 'REFUSED';
    draft.refusals.push(...devices.map((device) => ({ device, stream: null, code, detail })));
  }

  #deliver(draft: Draft, committed: (() => void) | undefined): void {
    if (this.#unwell.size > 0 || draft.health.length > 0) this.#judgeHealth(draft);
    this.sink?.({
      readings: draft.readings,
      ...(draft.refusals.length > 0 ? { refusals: draft.refusals } : {}),
      ...(draft.health.length > 0 ? { health: draft.health } : {}),
      ...(committed === undefined ? {} : { committed }),
    });
  }

  #judgeHealth(draft: Draft): void {
    for (const { stream, q } of draft.readings) {
      const device = stream.slice(0, stream.indexOf('/'));
      const known = draft.health.some((note) => note.device === device);
      if (q === 0 && !known && this.#unwell.has(device)) {
        draft.health.push({ device, healthy: true, reason: 'ok' });
      }
    }
    for (const note of draft.health) {
      if (note.healthy) this.#unwell.delete(note.device);
      else this.#unwell.add(note.device);
    }
  }
}
