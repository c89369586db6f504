import { createHash } from 'node:crypto';
import { Refused } from '../domain/errors.ts';
import type { Grant, GrantMade, GrantOrder } from './grant-types.ts';
import type { Actor, Credential, Granting } from './port.ts';
import { NOON } from './site-things.fixture.ts';

export const RECEIPT_A = 'a1'.repeat(32);
export const RECEIPT_B = 'b2'.repeat(32);

/** Tokens of one grant for each kind of party, all of receipt A. */
export const GRANT_TOKENS = {
  financier: 'financier-token-0123456789',
  holder: 'holder-token-0123456789',
  regulator: 'regulator-token-0123456789',
  partner: 'partner-token-0123456789',
} as const;

/** Grants in memory, in force until they are revoked. */
export class MemoryGrants implements Granting {
  grants: Grant[] = [];
  readonly #tokens = new Map<string, string>();

  constructor() {
    for (const [as, token] of Object.entries(GRANT_TOKENS) as [Grant['as'], string][]) {
      const terms = {
        as,
        party: `${as}-1`,
        receipts: [RECEIPT_A],
        items: ['e2'.repeat(12)],
        until: NOON * 2,
      };
      this.#add({ ...terms, reason: 'agreed', consent: null, actor: 3 }, token);
    }
  }

  credentialOf(token: string): Credential | null {
    const grant = this.grants.find((g) => this.#tokens.get(g.id) === token && g.isInForce);
    if (grant === undefined) return null;
    const { actor, party, id, as, receipts, items, until } = grant;
    const scope = { id, as, party, receipts: new Set(receipts), items: new Set(items), until };
    const sha256 = createHash('sha256').update(token).digest();
    return { actor, roles: [], name: party, sha256, grant: scope };
  }

  isInForce(id: string): boolean {
    return this.grants.some((g) => g.id === id && g.isInForce);
  }

  list(): readonly Grant[] {
    return this.grants;
  }

  grant(order: GrantOrder & Actor): GrantMade {
    const token = `token-of-grant-${this.grants.length + 1}`;
    return { grant: this.#add(order, token), token };
  }

  revoke(id: string, by: Actor & { readonly reason: string }): void {
    if (!this.isInForce(id)) throw new Refused('CONFLICT', `${id} is over already`);
    const revoked = { by: String(by.actor), at: NOON, reason: by.reason };
    this.grants = this.grants.map((g) => (g.id === id ? { ...g, revoked, isInForce: false } : g));
  }

  #add(
    { actor, as, party, receipts, items, until, reason, consent }: GrantOrder & Pick<Actor, 'actor'>,
    token: string,
  ): Grant {
    const no = this.grants.length + 1;
    const by = this.grants.find((g) => g.actor === actor)?.party ?? 'supervisor';
    const terms = { as, party, receipts, items, until, reason, consent };
    const grant: Grant = {
      ...terms,
      id: `grant-${no}`,
      actor: 1_000_000 + no,
      from: NOON,
      by,
      revoked: null,
      isInForce: true,
    };
    this.grants.push(grant);
    this.#tokens.set(grant.id, token);
    return grant;
  }
}
