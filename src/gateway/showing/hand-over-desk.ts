import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { HandOverKeeping } from '../../api/hand-over-port.ts';
import type { Actor } from '../../api/port.ts';
import { Refused } from '../../domain/errors.ts';
import type { HandOver, HandOverException, HandOverSignature } from '../../domain/goods/documents.ts';
import type { Hand, HandOverFact } from '../../domain/goods/hand-over.ts';
import {
  EVENTS_SLOT,
  RecordType,
  StatementKind,
  type ActBody,
  type StatementBody,
  type Value,
} from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { writeDocument } from '../../goods/document-reader.ts';
import { objectionToHands } from '../../goods/hand-over-objections.ts';
import { HAND_OVER_VERBS, type HandOvers } from '../../goods/hand-overs.ts';
import type { Input, InputRecord } from '../../intake/input.ts';
import { makeDurable } from '../site/durable.ts';
import { toldDocument } from '../site/told-document.ts';
import { sha256, verifyEd25519 } from '../site/primitives.ts';

export type HandOverDeskParts = {
  readonly handOvers: HandOvers;
  /** Ids of zones. */
  readonly zones: readonly string[];
  readonly add: (input: Input) => boolean;
  /** Evidence time, ms. */
  readonly now: () => number;
  readonly over: AbortSignal;
  readonly fileOf: (handOver: string, seq: number) => string | null;
};

type By = Actor & { readonly reason: string };
type Link = { readonly id: string; readonly hand: Hand; readonly until: number };
type Shown = ReturnType<HandOverKeeping['list']>[number];

const LINK_MS = 3_600_000;
const HANDS = ['giver', 'taker'] as const;

/** What people ask of hand-overs and put on record of them, each checked before it is. */
export class HandOverDesk implements HandOverKeeping {
  readonly #parts: HandOverDeskParts;
  /** Links are of this process: after a restart the dock asks for new ones. */
  readonly #links = new Map<string, Link>();

  constructor(parts: HandOverDeskParts) {
    this.#parts = parts;
  }

  list(): readonly Shown[] {
    return this.#parts.handOvers.list().map((fact) => this.#shown(fact));
  }

  get(id: string): Shown | null {
    const found = this.#parts.handOvers.get(id);
    return found === null ? null : this.#shown(found);
  }

  async begin(raw: unknown, by: By): ReturnType<HandOverKeeping['begin']> {
    const document = documentOf(raw);
    const { zones } = this.#parts;
    if (!zones.includes(document.zone))
      throw new Refused('INVALID', `zone: ${document.zone} is no zone here; known: ${zones.join(', ')}`);
    await this.#put(document, null, by);
    return this.link(document.handOver);
  }

  link(id: string): ReturnType<HandOverKeeping['link']> {
    const { sha256: digest } = this.#known(id);
    const t = this.#parts.now();
    for (const [token, { id: of, until }] of this.#links)
      if (of === id || until <= t) this.#links.delete(token);
    const [giver, taker] = HANDS.map((hand) => {
      const token = randomBytes(16).toString('base64url');
      this.#links.set(token, { id, hand, until: t + LINK_MS });
      return `/dock/${token}`;
    });
    return { sha256: digest, giver: giver ?? '', taker: taker ?? '' };
  }

  async sign(
    id: string,
    hand: Hand,
    signed: { readonly key: string; readonly signature: string },
    by: By,
  ): Promise<void> {
    const { sha256: document, terms } = this.#known(id);
    const party = terms[hand];
    await this.#put(
      { kind: 'signature', handOver: id, document, by: hand, party, ...signed },
      hand === 'giver' ? 1 : 2,
      by,
    );
  }

  async object(
    id: string,
    { by, code, note, pictures }: Omit<HandOverException, 'kind' | 'handOver'>,
    actor: By,
  ): Promise<void> {
    await this.#put({ kind: 'exception', handOver: id, by, code, note, pictures }, null, actor);
  }

  async settle(id: string, by: By): Promise<void> {
    const { exceptions, isSettled } = this.#known(id);
    if (exceptions.length === 0 || isSettled)
      throw new Refused('CONFLICT', `nothing is objected to the hand-over ${id}`);
    const { add, over } = this.#parts;
    await makeDurable(add, { records: [this.#act(by, HAND_OVER_VERBS.settle, id, null)] }, over);
  }

  async trust(party: string, key: string, isTrusted: boolean, by: By): Promise<void> {
    const { handOvers, add, over } = this.#parts;
    if (!/^\S{1,64}$/u.test(party))
      throw new Refused('INVALID', 'a party has 1 to 64 signs and no blank among them');
    if (handOvers.keysOf(party).includes(key) === isTrusted)
      throw new Refused(
        'CONFLICT',
        isTrusted ? `the key signs for ${party} already` : `the key does not sign for ${party}`,
      );
    const verb = isTrusted ? HAND_OVER_VERBS.trust : HAND_OVER_VERBS.distrust;
    await makeDurable(add, { records: [this.#act(by, verb, party, key)] }, over);
  }

  dock(token: string): ReturnType<HandOverKeeping['dock']> {
    const link = this.#links.get(token);
    if (link === undefined || link.until <= this.#parts.now()) return null;
    const handOver = this.#parts.handOvers.get(link.id);
    if (handOver === null) return null;
    const document = new TextDecoder().decode(writeDocument(handOver.terms));
    return { by: link.hand, handOver: this.#shown(handOver), document };
  }

  evidence(id: string, seq: number): ReturnType<HandOverKeeping['evidence']> {
    const known = this.#parts.handOvers.get(id)?.exceptions.some(({ ref }) => ref.seq === seq) === true;
    const file = known ? this.#parts.fileOf(id, seq) : null;
    return file === null ? null : { bytes: statSync(file).size, content: createReadStream(file) };
  }

  /** As the API tells it: without the places of records. */
  #shown({ id, state, sha256: digest, at, terms, giver, taker, exceptions }: HandOverFact): Shown {
    const hand = (signed: typeof giver): Shown['giver'] => signed && { key: signed.key, at: signed.at };
    return {
      id,
      state,
      sha256: digest,
      at,
      terms,
      giver: hand(giver),
      taker: hand(taker),
      exceptions: exceptions.map(({ ref, ...exception }) => ({
        ...exception,
        seq: ref.seq,
        kept: this.#parts.fileOf(id, ref.seq) !== null,
      })),
    };
  }

  #known(id: string): HandOverFact {
    const found = this.#parts.handOvers.get(id);
    if (found === null) throw new Refused('NOT_FOUND', `there is no hand-over "${id.slice(0, 64)}"`);
    return found;
  }

  async #put(
    document: HandOver | HandOverSignature | HandOverException,
    qty: number | null,
    by: By,
  ): Promise<void> {
    const { handOvers, add, over } = this.#parts;
    toldDocument(document);
    const objection = objectionToHands(handOvers, document, verifyEd25519);
    if (objection !== null) throw new Refused(objection.code, objection.why);
    const bytes = writeDocument(document);
    const hash = sha256(bytes);
    const subject = recordText(document.handOver);
    const body: StatementBody = [StatementKind.handOver, subject, qty, hash, `person ${by.actor}`];
    const records = [
      this.#act(by, 'hand-over', `${document.kind} ${document.handOver}`, null),
      this.#record(RecordType.statement, body),
    ];
    await makeDurable(add, { records, files: [{ sha256: hash, bytes }] }, over);
  }

  #act({ actor, role, reason }: By, verb: string, object: string, next: string | null): InputRecord {
    const body: ActBody = [actor, role, verb, recordText(object), null, next, recordText(reason), 0];
    return this.#record(RecordType.act, body);
  }

  #record(type: RecordType, body: readonly Value[]): InputRecord {
    return { slot: EVENTS_SLOT, t: this.#parts.now(), type, body };
  }
}

/** @throws Refused for what is no document, or none of a hand-over */
function documentOf(raw: unknown): HandOver {
  const document = toldDocument(raw);
  if (document.kind === 'hand-over') return document;
  throw new Refused('INVALID', `kind: must be hand-over, not "${document.kind}"`);
}
