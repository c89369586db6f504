import type { ConfigFile } from '../../config/configuration.ts';
import type { StreamRow } from '../../domain/commit.ts';
import type { Problem } from '../../domain/errors.ts';
import type { LogRecord, Value } from '../../domain/record.ts';
import { CborError, decode } from '../../evidence/cbor.ts';
import { toHex } from '../../evidence/encodings.ts';
import { Deciding, type OpenGoods } from '../../intake/deciding.ts';
import { isOfThisForm, UnreadableState } from '../../intake/deciding-state.ts';
import { bindRules, type RuleSet } from '../../rules/rule-set.ts';
import { goodsRoom } from '../site/goods-room.ts';
import { loadKeptSite } from '../site/kept-site.ts';
import { guardedOf, zonesOf } from '../site/site.ts';
import { assignSlots } from '../site/stream-table.ts';

export type StartStore = {
  file(sha256: Uint8Array): Uint8Array | null;
  streams(): readonly StreamRow[];
};

/** Rules and state as event 7 names them, or what of it is missing or not understood. */
export type Started =
  | {
      readonly ok: true;
      readonly deciding: Deciding;
      readonly files: string;
      /** Hash of the snapshot; null for one of an earlier form, which says less than this build knows. */
      readonly state: string | null;
    }
  | { readonly ok: false; readonly why: Unstartable };

/** Of what event 7 names: not kept, a snapshot of no form known here, files that would not start here. */
export type Unstartable =
  | { readonly kind: 'missing'; readonly what: string; readonly sha256: string }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

class Missing extends Error {
  readonly what: string;
  readonly sha256: Uint8Array;
  constructor(what: string, sha256: Uint8Array) {
    super(`${what} is not kept`);
    this.what = what;
    this.sha256 = sha256;
  }
}

/** Makes deciding anew at event 7, from the files the journal kept (evidence section 5). */
export class Starts {
  readonly #store: StartStore;
  readonly #rules: readonly ConfigFile[] | null;
  /** The last rule set made; most starts name the same files. */
  #made: { readonly files: string; readonly set: RuleSet; readonly goods: OpenGoods | null } | null = null;

  /** @param rules other rule files to decide by instead of those kept */
  constructor(store: StartStore, rules: readonly ConfigFile[] | null) {
    this.#store = store;
    this.#rules = rules;
  }

  /**
   * @param state the state to go on from instead of the snapshot that the record names
   * @throws CborError for a list that its gateway never wrote
   */
  async at(record: LogRecord, state?: Value | null): Promise<Started> {
    try {
      const [rulesHash, configHash, stateHash] = record.body.map(hashOf);
      if (!rulesHash || !configHash || !stateHash) throw new CborError('event 7 without its three hashes');
      const files = `${toHex(rulesHash)} ${toHex(configHash)}`;
      if (this.#made?.files !== files) {
        const kept = {
          configuration: this.#files('configuration', configHash),
          rules: this.#files('rules', rulesHash),
        };
        const loaded = await loadKeptSite(kept, this.#rules);
        if (!loaded.ok) return { ok: false, why: { kind: 'refused', problems: loaded.problems } };
        const { connections, rules, zones } = loaded.value;
        const guarded = guardedOf(loaded.value);
        const streams = assignSlots(
          connections.flatMap((c) => c.streams),
          this.#store.streams(),
        );
        const set = bindRules(rules, streams, zonesOf(zones), guarded);
        const room = await goodsRoom(loaded.value);
        const goods = room?.(streams, (hash) => this.#store.file(hash)) ?? null;
        this.#made = { files, set, goods };
      }
      const before = state === undefined ? decode(this.#file('the snapshot', stateHash)) : state;
      const deciding = Deciding.decode(this.#made.set, before, this.#made.goods);
      const isComparable = before === null || isOfThisForm(before);
      return { ok: true, deciding, files, state: isComparable ? toHex(stateHash) : null };
    } catch (error) {
      if (error instanceof UnreadableState) {
        return { ok: false, why: { kind: 'unreadable', message: error.message } };
      }
      if (!(error instanceof Missing)) throw error;
      return { ok: false, why: { kind: 'missing', what: error.what, sha256: toHex(error.sha256) } };
    }
  }

  #files(kind: string, hash: Uint8Array): ConfigFile[] {
    const list = decode(this.#file(`the list of ${kind} files`, hash));
    if (!Array.isArray(list)) throw new CborError(`the list of ${kind} files is no list`);
    return (list as readonly Value[]).map((item) => {
      const [name, sha256] = Array.isArray(item) ? (item as readonly Value[]) : [];
      const found = hashOf(sha256);
      if (typeof name !== 'string' || found === null)
        throw new CborError(`a ${kind} file without name and hash`);
      return { name, bytes: this.#file(`the file ${name}`, found) };
    });
  }

  #file(what: string, sha256: Uint8Array): Uint8Array {
    const bytes = this.#store.file(sha256);
    if (bytes === null) throw new Missing(what, sha256);
    return bytes;
  }
}

function hashOf(value: Value | undefined): Uint8Array | null {
  return value instanceof Uint8Array ? value : null;
}
