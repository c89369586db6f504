/** Who is given access by a grant. None of them is staff: none may act on alarms, devices or goods. */
export type Grantee = 'financier' | 'holder' | 'regulator' | 'partner';

/** The owner's consent in writing: who gave it, and SHA-256 of the document in small hexadecimal digits. */
export type Consent = { readonly owner: string; readonly document: string };

/** Access to receipts and items for one party, until a time. */
export type GrantOrder = {
  readonly as: Grantee;
  /** The party's number in the consortium, without spaces. */
  readonly party: string;
  /** Ids of receipts, 64 small hexadecimal digits each. */
  readonly receipts: readonly string[];
  /** EPCs in small hexadecimal digits. */
  readonly items: readonly string[];
  /** Evidence time, ms: from then on the token opens nothing. */
  readonly until: number;
  readonly reason: string;
  /** Of a supervisor who grants for the owner; null when the holder grants, or the law does (regulator). */
  readonly consent: Consent | null;
};

export type Grant = GrantOrder & {
  readonly id: string;
  /** The number that stands in records of what its token did. */
  readonly actor: number;
  readonly from: number;
  readonly by: string;
  readonly revoked: { readonly by: string; readonly at: number; readonly reason: string } | null;
  readonly isInForce: boolean;
};

/** `token` is shown this once: only its SHA-256 is kept. */
export type GrantMade = { readonly grant: Grant; readonly token: string };
