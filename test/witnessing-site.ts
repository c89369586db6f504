import { AnchorError } from '../src/domain/errors.ts';
import type { AnchorRequest, Cosigned, Witness } from '../src/anchoring/port.ts';
import { seedSigner } from '../src/anchoring/signer.ts';
import { CosignedHeads } from '../src/anchoring/witness/cosigned-heads.ts';
import { Cosigner, type CosignedHead } from '../src/anchoring/witness/cosigner.ts';
import { formatRequest } from '../src/anchoring/witness/exchange.ts';
import { TrustedLogs } from '../src/anchoring/witness/trusted-logs.ts';
import { Witnessing, type WitnessAlarm } from '../src/anchoring/witness/witnessing.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import type { Fraud } from '../src/evidence/fraud.ts';
import { noteKey, type NoteKey } from '../src/evidence/note-key.ts';
import { nodePrimitives } from '../src/gateway/site/primitives.ts';
import { AnchoredLog, LOG_KEY } from './anchored-log.ts';
import { VirtualTime } from './virtual-time.ts';

const { sha256 } = nodePrimitives;
export const ORIGIN = 'a.example/gw/b0b1b2b3b4b5b6b7/0';

/** What can be wrong with a witness or the way to it. */
export type WitnessFault = 'unreachable' | 'answer lost' | { readonly claims: bigint } | null;

/** One member's witness: the real one without its wire, and the time it lives in. */
export class TownWitness {
  readonly key: NoteKey;
  readonly owner: string;
  readonly heads = new Map<string, CosignedHead>();
  readonly frauds: Fraud[] = [];
  readonly asked: AnchorRequest[] = [];
  fault: WitnessFault = null;
  /** Nothing is answered before this is. */
  before: Promise<unknown> = Promise.resolve();
  readonly #cosigner: Cosigner;

  constructor(name: string, owner: string, now: () => number) {
    const seed = seedSigner(sha256(utf8(name)));
    this.owner = owner;
    this.key = noteKey(sha256, name, 'cosignature', seed.publicKey);
    const log = noteKey(sha256, ORIGIN, 'ed25519', LOG_KEY.publicKey);
    this.#cosigner = new Cosigner({
      ...nodePrimitives,
      logs: new TrustedLogs(sha256, [{ key: log, laterEpochs: false }]),
      store: {
        head: (origin) => this.heads.get(origin) ?? null,
        newestEpoch: () => null,
        advance: (to) => void this.heads.set(to.origin, to),
        keepFraud: (fraud) => void this.frauds.push(fraud),
      },
      signer: { key: this.key, sign: (m) => seed.sign(m) },
      now,
      onFraud: () => undefined,
    });
  }

  readonly ask: Witness = async (request): Promise<Cosigned> => {
    this.asked.push(request);
    await this.before;
    if (this.fault === 'unreachable') throw new AnchorError('UNREACHABLE', 'away');
    if (this.fault !== null && typeof this.fault === 'object') {
      return { kind: 'refused', why: { code: 'STALE_HEAD', size: this.fault.claims, root: null } };
    }
    const answer = this.#cosigner.answer(utf8(formatRequest(request)));
    if (this.fault === 'answer lost') throw new AnchorError('UNREACHABLE', 'cut off');
    if (answer.status === 200) return { kind: 'signed', line: answer.line };
    if (answer.status === 409) {
      return { kind: 'refused', why: { code: 'STALE_HEAD', size: BigInt(answer.size), root: null } };
    }
    const code = { 400: 'INVALID', 403: 'BAD_SIGNATURE', 404: 'NOT_PERMITTED', 422: 'INCONSISTENT' } as const;
    return { kind: 'refused', why: { code: code[answer.status] } };
  };
}

/** A gateway's witnessing on witnesses of its town, in virtual time. */
export class WitnessingSite {
  readonly time = new VirtualTime(1_767_225_600_000);
  readonly witnesses: readonly TownWitness[];
  readonly alarms: WitnessAlarm[] = [];
  readonly quorums: number[] = [];
  /** What comes of a contradiction. */
  isProven = false;
  readonly contradictions: [theirs: string, ours: string][] = [];
  log = new AnchoredLog(ORIGIN);
  readonly notes = new Map<number, string>();
  readonly quorum: number;
  heads: CosignedHeads;
  witnessing: Witnessing;
  failure: unknown = null;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param owners one witness for each name in it */
  constructor(owners: readonly string[], quorum: number) {
    this.witnesses = owners.map(
      (owner, i) => new TownWitness(`witness.example/${owner}/${i}`, owner, this.time.now),
    );
    this.quorum = quorum;
    this.heads = this.#newHeads();
    this.witnessing = this.#newWitnessing();
  }

  /** The daemon starts, or starts again, on the notes that are there. */
  start(): void {
    this.heads = this.#newHeads();
    this.witnessing = this.#newWitnessing();
    this.failure = null;
    this.#stop = new AbortController();
    this.#running = this.witnessing.run(this.#stop.signal).catch((error: unknown) => {
      this.failure = error;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** One more head is signed, if the guard lets us. */
  sign(size: number): boolean {
    if (!this.witnessing.maySign()) return false;
    this.notes.set(size, this.log.note(size));
    this.witnessing.signed();
    return true;
  }

  seconds(n: number): Promise<void> {
    return this.time.pass(n * 1000);
  }

  /** Whose lines the head of this size bears, by number. */
  signers(size: number): number[] {
    return this.witnesses.flatMap((w, i) => (this.heads.has(size, w.key) ? [i] : []));
  }

  #newHeads(): CosignedHeads {
    const { notes } = this;
    const store = {
      latestNote: () => {
        const size = Math.max(0, ...notes.keys());
        const note = notes.get(size);
        return note === undefined ? null : { size, note };
      },
      note: (size: number) => notes.get(size) ?? null,
      putNote: (size: number, note: string) => void notes.set(size, note),
    };
    return new CosignedHeads(store, this.witnesses, this.quorum, sha256);
  }

  #newWitnessing(): Witnessing {
    const { heads, notes } = this;
    return new Witnessing({
      witnesses: this.witnesses.map((w) => ({
        key: w.key,
        owner: w.owner,
        ask: w.ask,
        head: () => Promise.resolve(w.heads.get(ORIGIN)?.note ?? null),
      })),
      quorum: this.quorum,
      heads,
      log: {
        newest: () => {
          const size = Math.max(0, ...notes.keys());
          return size === 0 ? null : { size, note: notes.get(size) ?? '' };
        },
        emptyHead: () => this.log.note(0),
        consistency: (from, to) => this.log.consistency(from, to),
      },
      onQuorum: (size) => this.quorums.push(size),
      onAlarm: (alarm) => this.alarms.push(alarm),
      onContradiction: (theirs, ours) => {
        this.contradictions.push([theirs, ours]);
        return this.isProven;
      },
      onChange: () => undefined,
      random: () => 0.5,
      sleep: this.time.sleep,
    });
  }
}
