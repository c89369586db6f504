import { hash, randomBytes } from 'node:crypto';
import type { Grant, GrantMade, GrantOrder } from '../../api/grant-types.ts';
import type { Actor, Credential, Granting } from '../../api/port.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { Blocks } from '../recording/blocks.ts';
import { grantsIn, grantsNote, MOST_GRANTS, type GrantList, type KeptGrant } from './grant-notes.ts';

export type GrantBookParts = {
  readonly journal: { meta(key: string): string | null };
  readonly record: Blocks['record'];
  /** Evidence time, ms. */
  readonly now: () => number;
  /** Names of staff by the number that stands in records. */
  readonly people: ReadonlyMap<number, string>;
};

/** Numbers of parties in records; those of staff are below. */
export const FIRST_PARTY = 1_000_000;
/** Longest time a grant may hold, ms: 400 days, so that each is looked at again once a year. */
const LONGEST_MS = 400 * 86_400_000;
const NAME = /^grant-([1-9]\d{0,8})$/;

/**
 * Who may see which receipts and items: the one place where it is kept. A grant and its act are one commit;
 * of its token only the SHA-256 is kept (256 random bits: nothing to guess that a slow hash would protect).
 */
export class GrantBook implements Granting {
  readonly #parts: GrantBookParts;
  #list: GrantList;
  #byToken: ReadonlyMap<string, Credential>;

  /** @throws StorageError CORRUPT for a list we never wrote */
  constructor(parts: GrantBookParts) {
    this.#parts = parts;
    this.#list = grantsIn(parts.journal);
    this.#byToken = credentialsOf(this.#list);
  }

  credentialOf(token: string): Credential | null {
    const found = this.#byToken.get(hash('sha256', token, 'hex')) ?? null;
    return found?.grant !== undefined && this.isInForce(found.grant.id) ? found : null;
  }

  isInForce(id: string): boolean {
    const found = this.#find(id);
    return found !== undefined && this.#holds(found);
  }

  list(): readonly Grant[] {
    return this.#list.grants.map((kept) => this.#grantOf(kept));
  }

  /** Names of parties by the number that stands in records. */
  nameOf(actor: number): string | null {
    return this.#list.grants.find(({ no }) => FIRST_PARTY + no === actor)?.party ?? null;
  }

  grant({ actor, role, ...order }: GrantOrder & Actor): GrantMade {
    const from = this.#parts.now();
    if (order.until <= from) throw new Refused('INVALID', `until=${order.until} is over (now ${from})`);
    if (order.until - from > LONGEST_MS)
      throw new Refused('INVALID', `until=${order.until} is more than 400 days ahead; grant anew in time`);
    const token = randomBytes(32).toString('base64url');
    const kept: KeptGrant = {
      ...order,
      no: this.#list.next,
      token: hash('sha256', token, 'hex'),
      from,
      by: this.#whoIs(actor),
      revoked: null,
    };
    const terms = `${order.as} ${order.party} until ${new Date(order.until).toISOString()}`;
    this.#write({ next: kept.no + 1, grants: [...this.#withRoom(), kept] }, [
      actor,
      recordText(role),
      'grant',
      nameOfGrant(kept.no),
      null,
      recordText(`${terms} ${digestOf(kept)}`),
      recordText(order.reason),
      0,
    ]);
    return { grant: this.#grantOf(kept), token };
  }

  revoke(id: string, { actor, role, reason }: Actor & { readonly reason: string }): void {
    const found = this.#find(id);
    if (found === undefined) throw new Refused('NOT_FOUND', `there is no grant "${id.slice(0, 50)}"`);
    if (!this.#holds(found)) throw new Refused('CONFLICT', `${id} is over already`);
    const revoked = { by: this.#whoIs(actor), at: this.#parts.now(), reason };
    const grants = this.#list.grants.map((g) => (g === found ? { ...g, revoked } : g));
    this.#write({ ...this.#list, grants }, [
      actor,
      recordText(role),
      'revoke',
      id,
      null,
      null,
      recordText(reason),
      0,
    ]);
  }

  /** If we die before the commit, nothing was granted; after it, the next start knows it. */
  #write(list: GrantList, body: ActBody): void {
    const t = this.#parts.now();
    this.#parts.record(
      { records: [{ slot: EVENTS_SLOT, t, type: RecordType.act, body }] },
      { meta: [grantsNote(list)] },
    );
    this.#list = list;
    this.#byToken = credentialsOf(list);
  }

  /** The oldest that are over make room. */
  #withRoom(): readonly KeptGrant[] {
    const { grants } = this.#list;
    if (grants.length < MOST_GRANTS) return grants;
    const over = grants.find((g) => !this.#holds(g));
    if (over === undefined)
      throw new Refused('CONFLICT', `${MOST_GRANTS} grants are in force; revoke what is not needed`);
    return grants.filter((g) => g !== over);
  }

  #find(id: string): KeptGrant | undefined {
    const no = Number(NAME.exec(id)?.[1]);
    return this.#list.grants.find((g) => g.no === no);
  }

  #holds({ revoked, until }: KeptGrant): boolean {
    return revoked === null && this.#parts.now() < until;
  }

  #whoIs(actor: number): string {
    return this.nameOf(actor) ?? this.#parts.people.get(actor) ?? 'operator';
  }

  #grantOf({ no, as, party, receipts, items, from, until, reason, consent, by, revoked }: KeptGrant): Grant {
    const terms = { as, party, receipts, items, until, reason, consent };
    const id = nameOfGrant(no);
    return { ...terms, id, actor: FIRST_PARTY + no, from, by, revoked, isInForce: this.isInForce(id) };
  }
}

function nameOfGrant(no: number): string {
  return `grant-${no}`;
}

/** What the act says of the terms that do not fit into it. */
function digestOf({ as, party, receipts, items, until, consent }: KeptGrant): string {
  const terms = JSON.stringify({ as, party, receipts, items, until, consent });
  return `sha256:${hash('sha256', terms, 'hex')}`;
}

function credentialsOf({ grants }: GrantList): ReadonlyMap<string, Credential> {
  const inForce = grants.filter(({ revoked }) => revoked === null);
  return new Map(
    inForce.map(({ no, token, as, party, receipts, items, until }) => [
      token,
      {
        actor: FIRST_PARTY + no,
        roles: [],
        name: party,
        sha256: Buffer.from(token, 'hex'),
        grant: {
          id: nameOfGrant(no),
          as,
          party,
          receipts: new Set(receipts),
          items: new Set(items),
          until,
        },
      },
    ]),
  );
}
