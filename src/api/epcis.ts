import type { Elements } from '../domain/epc/application-identifiers.ts';
import type { EventPage, EventQuery } from '../domain/epcis-events.ts';
import type { ReceiptStatus } from '../domain/goods/status.ts';
import type { EpcisOutbox } from './epcis-types.ts';

/** A thing as the sealed history has it. Instants: evidence time, ms. */
export type ThingFound = {
  /** The one spelling of its URI. */
  readonly uri: string;
  /** EPC or scanned code, small hexadecimal digits. */
  readonly epc: string;
  readonly lot: string;
  /** Zone it was put into, and when; null for one that was only seen, or was taken away. */
  readonly place: { readonly zone: string; readonly since: number } | null;
  readonly seen: { readonly point: string; readonly at: number } | null;
  /** URIs of what is in it, and of what it is in. */
  readonly contains: readonly string[];
  readonly within: string | null;
  /** The leaf that says so last. */
  readonly evidence: {
    readonly origin: string;
    readonly block: number;
    readonly slot: number;
    readonly seq: number;
    readonly leaf: string;
  };
  /** Receipts that name it now; empty where no goods are kept. */
  readonly receipts: readonly string[];
};

/** What somebody is told of a thing: with a token all of it. */
export type ThingTold =
  | { readonly uri: string; readonly elements: Elements; readonly onRecord: true }
  | (Omit<ThingFound, 'receipts'> & {
      readonly elements: Elements;
      readonly onRecord: true;
      /** Those that the asker may see, as they stand. */
      readonly receipts: readonly ReceiptOfThing[];
      readonly links: ThingLinks;
    });
/** How a receipt that names a thing stands, and what its goods were exposed to; null for what is not known here. */
export type ReceiptOfThing = {
  readonly receipt: string;
  readonly control: ReceiptStatus['control'] | null;
  readonly lifecycle: ReceiptStatus['lifecycle'] | null;
  readonly exposure: ReceiptStatus['exposure'];
};
/** Addresses on this gateway, by what they lead to: `events`, `proof`, `receipt`. */
export type ThingLinks = Readonly<Record<string, readonly string[]>>;

/** Whose events are made wrong by a person, and why. */
export type EventWithdrawalAct = {
  readonly actor: number;
  readonly role: string;
  readonly event: string;
  readonly reason: 'did_not_occur' | 'incorrect_data';
  readonly corrective: string | null;
  readonly note: string;
};

/** Events of EPCIS; null in the API's parts where the configuration has none. */
export type Epcis = {
  /** A page, read off the writer's thread. */
  find(query: EventQuery): Promise<EventPage>;
  /** Prefixes that documents with these events declare. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** One short read. @param uri canonical */
  thing(uri: string): ThingFound | null;
  /** Whether anybody is told that a thing is on record here. */
  readonly isPublic: boolean;
  outbox(): EpcisOutbox;
  /** Resolves once it is on record. @throws Refused NOT_FOUND for an event there is none of */
  withdraw(act: EventWithdrawalAct): Promise<void>;
};
