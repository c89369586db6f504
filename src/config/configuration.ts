import type { Text } from '../domain/alarm.ts';
import type { CallRoute } from '../domain/calling.ts';
import type { Checked } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import type { Channel } from './channel.ts';
import type { EpcisSettings } from './epcis.ts';
import type { GoodsSettings } from './goods-settings.ts';

/** One checked entry of `devices:`; what the driver returns may hold more, and opens. */
export type ConfiguredConnection = {
  readonly id: string;
  readonly streams: readonly StreamSpec[];
  /** Ids of devices that take commands, each with the verbs it knows. */
  readonly actuators: ReadonlyMap<string, readonly string[]>;
  readonly profiles: readonly string[];
};

/**
 * What a rule file may name: the site as configured so far, entries of zones, channels and routes
 * that are wrong elsewhere included, so that naming them is not a second fault.
 */
export type Site = {
  readonly zones: readonly Zone[];
  readonly streams: readonly StreamSpec[];
  readonly actuators: ReadonlyMap<string, readonly string[]>;
  readonly channels: readonly { readonly id: string }[];
  readonly routes: readonly CallRoute[];
  readonly profile: Profile;
  readonly interlocks: InterlockSettings;
  /** False when an entry of `devices:` was refused: then not every stream and actuator is here. */
  readonly complete: boolean;
  /** Whether a refused entry speaks of this name: then it may yet be offered. */
  isPending(name: string): boolean;
};

/**
 * The checkers of other rooms, handed in by the root.
 * `driver` gives the checker of one driver; it is handed the whole entry, `driver` included, and
 * answers with paths relative to the entry. A problem inside a profile bears the profile's name as
 * `file` and a path relative to the profile. `rules` is handed one file's whole value.
 */
export type Checkers<C extends ConfiguredConnection, R extends { readonly id: string }> = {
  readonly driverNames: readonly string[];
  driver(name: string): Promise<DriverChecker<C> | undefined>;
  readonly verifierKey: VerifierKeyChecker;
  rules(raw: unknown, site: Site): Checked<readonly R[]>;
};

/** What is wrong with a verifier key (C2SP signed-note) of a log or a witness; null for a good one. */
export type VerifierKeyChecker = (vkey: string, whose: 'log' | 'witness') => string | null;

export type DriverChecker<C> = {
  configure(raw: unknown, profiles: (name: string) => unknown): Checked<C>;
};

export type Zone = {
  readonly id: string;
  readonly title: Text;
  readonly labels: Readonly<Record<string, string>>;
  /** Degrees, where it is stated. */
  readonly at?: { readonly longitude: number; readonly latitude: number };
};

export type * from './channel.ts';

/** Somebody who is told; an address is written out, or the reference of where it is kept. */
export type Person = {
  readonly id: string;
  readonly name: Text;
  readonly language: 'zh' | 'en';
  readonly phone: string | null;
  readonly mail: string | null;
  readonly push: string | null;
};

/** What interlocks need to be told: they work without it, and nothing here turns one off. */
export type InterlockSettings = {
  /** Devices that drive temperature. */
  readonly climate: readonly string[];
  /** By device, streams that must be free before it closes, besides its own loop or light curtain. */
  readonly clear: ReadonlyMap<string, readonly string[]>;
};

/** What is claimed of the site: `gsp` and `en12830` bind what rules must and must not do. */
export type Profile = 'none' | 'gsp' | 'en12830';

/** Who may use the API, and by which token: its hash, or the reference of a file that holds the hash. */
export type User = {
  readonly id: string;
  /** Stands in records; 1 is whoever has the token of the data directory. */
  readonly number: number;
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'supervisor' | 'installer' | 'admin' | 'auditor';
  readonly tokenHash: string;
};

export type LedgerSettings = {
  readonly kind: 'evm';
  readonly url: string;
  readonly chainId: number;
  readonly contract: string;
  /** Contract of receipts and orders; null where no gate here obeys one. */
  readonly registry: string | null;
  readonly finality: 'instant' | 'tag' | { readonly depth: number };
  /** Reference of the key that pays. */
  readonly accountKey: string;
  /** The key that signs the log's ledger line. */
  readonly ledgerKey: KeyPlace;
};

/** A secret by its reference, or a key that stays in the token. */
export type KeyPlace =
  | { readonly kind: 'secret'; readonly reference: string }
  | { readonly kind: 'token'; readonly label: string | null; readonly id: Uint8Array | null };

export type KeySettings = {
  /** null: the gateway makes a key file in its data directory. */
  readonly log: KeyPlace | null;
  /** Reference of the key of the SM2 line; null for no such line. */
  readonly sm2: string | null;
  readonly token: TokenSettings | null;
};

/** The PKCS #11 token that keys are in: its module, the reference of its PIN, and its name. */
export type TokenSettings = {
  readonly module: string;
  readonly pin: string;
  readonly label: string | null;
  readonly serial: string | null;
};

/** A member of the consortium that cosigns heads, and who answers for it. */
export type WitnessSettings = { readonly url: string; readonly vkey: string; readonly owner: string };

/** Who is asked to cosign, and of how many distinct owners an anchored head bears cosignatures. */
export type WitnessesSettings = { readonly quorum: number; readonly list: readonly WitnessSettings[] };

/** A whole configuration of a witness, checked. Paths are absolute. */
export type WitnessConfiguration = {
  readonly file: string;
  /** Name of its key. */
  readonly name: string;
  /** Directory of its key and of what it remembers. */
  readonly state: string;
  readonly listen: Configuration<never, never>['listen'];
  readonly logs: readonly {
    readonly key: string;
    /** Whether the key also speaks for later epochs of its gateway. */
    readonly laterEpochs: boolean;
  }[];
};

/** A file the configuration consists of, named relative to the configuration: evidence keeps it. */
export type ConfigFile = { readonly name: string; readonly bytes: Uint8Array };

/** A whole configuration, checked. Paths are absolute, times in ms, secrets are references. */
export type Configuration<C extends ConfiguredConnection, R> = {
  readonly file: string;
  readonly gateway: { readonly id: string; readonly domain: string; readonly name: Text };
  readonly data: string;
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Host names and addresses callers ask for, the first for links; none: `host` serves. */
    readonly names: readonly string[];
    readonly tls: { readonly certificate: string; readonly key: string } | null;
    /** Who may read the log's heads, tiles and blocks: anybody, or who has a token. */
    readonly tlog: 'public' | 'token';
  };
  readonly evidence: {
    readonly blockMs: number;
    readonly maxLeaves: number;
    readonly commitMs: number;
    /** 0 none, 1 RTC, 2 NTP, 3 NTS, 4 GNSS, and the bound of its error in ms; null: unknown. */
    readonly clock: { readonly src: 0 | 1 | 2 | 3 | 4; readonly err: number | null };
    /** After this long readings are erased; null keeps them for good. */
    readonly keepReadingsMs: number | null;
    /** Pictures of cameras are at most so many bytes, and no older; then the oldest go. */
    readonly pictures: { readonly mostBytes: number; readonly keepMs: number | null };
  };
  readonly zones: readonly Zone[];
  readonly connections: readonly C[];
  readonly rules: readonly R[];
  /** A changed rule set is confirmed within this time or goes, ms; null: no change asks for it. */
  readonly confirmRulesMs: number | null;
  readonly channels: readonly Channel[];
  /** Whom a rule's `notify` reaches. */
  readonly routes: readonly CallRoute[];
  readonly people: readonly Person[];
  readonly profile: Profile;
  readonly interlocks: InterlockSettings;
  readonly users: readonly User[];
  /** null: nothing of goods is kept. */
  readonly goods: GoodsSettings | null;
  /** null: no events of EPCIS are made. */
  readonly epcis: EpcisSettings | null;
  readonly ledger: LedgerSettings | null;
  readonly keys: KeySettings;
  /** null: no witness is asked. */
  readonly witnesses: WitnessesSettings | null;
  /** Main file first, then profiles by name; rule files in the order they are listed. */
  readonly files: { readonly configuration: readonly ConfigFile[]; readonly rules: readonly ConfigFile[] };
};
