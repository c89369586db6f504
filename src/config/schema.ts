import { isIP } from 'node:net';
import * as z from 'zod';
import {
  duration,
  identifier,
  labels,
  list,
  keyReference,
  secretReference,
  section,
  text,
  title,
  url,
  whole,
  word,
} from './fields.ts';
import { isReference, isTokenHash } from './secret.ts';

/** The sections of a configuration file, each checked by itself so that all problems come at once. */

export const TOP_KEYS = [
  'gateway',
  'data',
  'listen',
  'evidence',
  'zones',
  'devices',
  'rules',
  'rule-changes',
  'goods',
  'notify',
  'ledger',
  'keys',
  'witnesses',
  'quorum',
  'profile',
  'interlocks',
  'users',
  'epcis',
] as const;

const gatewayId = text(
  /^[0-9a-f]{16}$/,
  '16 small hexadecimal digits, in quotes when all are decimal; make one with: openssl rand -hex 8',
);

/** The origin of the log, `<domain>/gw/<id>/<epoch>`, may have 96 bytes: 70 are left for the domain. */
const domain = text(
  /^(?=.{1,70}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  'a domain name of small letters, digits, dashes and dots, at most 70 signs, e.g. consortium.example',
);

export const gateway = section({ id: gatewayId, domain, name: title.optional() });

export const path = text(/^[^\0\n]{1,1024}$/, 'the path of a file or folder');

const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
const HOST_NAME = 'must be a host name or an IP address, such as gateway.local or 192.0.2.2';

/** Whether this address is all of the machine's, `0.0.0.0` or `::`, which no caller can ask for. */
export function isEvery(address: string): boolean {
  return address === '0.0.0.0' || (isIP(address) === 6 && /^[0:]*$/.test(address.replace(/0\.0\.0\.0$/, '')));
}

export const listeningHost = z
  .string({ error: 'must be an IP address or localhost' })
  .refine((host) => host === 'localhost' || isIP(host) !== 0, {
    error: 'must be an IP address or localhost',
  });

/** What a caller writes before the port: a host name, or an address without brackets. */
const hostName = z
  .string({ error: HOST_NAME })
  .refine((name) => isIP(name) !== 0 || (HOST.test(name) && !/^[0-9.]+$/.test(name)), { error: HOST_NAME })
  .refine((name) => !isEvery(name), { error: 'is no name: nobody asks for the gateway by it' });

export const listen = section({
  host: listeningHost.default('127.0.0.1'),
  names: list(hostName, 1, 16).optional(),
  port: whole(0, 65_535).default(8686),
  tls: section({ certificate: path, key: secretReference }).optional(),
  tlog: word('token', 'public').default('token'),
});

/** Where evidence time comes from, in the order of its numbers in a block; the operator's claim. */
export const CLOCK_SOURCES = ['none', 'rtc', 'ntp', 'nts', 'gnss'] as const;

export const evidence = section({
  block: duration(1000, 3_600_000).default(600_000),
  // A segment takes 65,535 records; a block is closed by the commit that reaches this many in all.
  'max-leaves': whole(100, 60_000).default(60_000),
  commit: duration(10, 250).default(100),
  clock: section({ source: word(...CLOCK_SOURCES), error: duration(1, 86_400_000) }).optional(),
  'keep-readings': duration(86_400_000, 36_525 * 86_400_000).optional(),
  'pictures-mb': whole(16, 1_000_000).default(512),
  'keep-pictures': duration(86_400_000, 36_525 * 86_400_000).optional(),
});

export const zone = section({
  id: identifier,
  title: title.optional(),
  labels: labels.default({}),
  /** Longitude and latitude in degrees, as in GeoJSON. */
  at: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).optional(),
});

export const ruleFile = text(/^(?!\/)[^\0\n]{1,256}\.ya?ml$/, 'a .yaml file, relative to this file');

/** How long a changed rule set may wait for a person who confirms it. */
export const ruleChanges = section({
  'confirm-within': z
    .union([z.literal('never'), duration(1000, 7 * 86_400_000)], {
      error: 'must be a time with its unit from 1s to 7d, e.g. 15m, or never: then each change stays',
    })
    .default(900_000),
});

const finality = z.union([z.literal('instant'), z.literal('tag'), section({ depth: whole(1, 1000) })], {
  error: 'must be instant, tag or { depth: 1 to 1000 }',
});

const address = text(/^0x[0-9a-fA-F]{40}$/, 'a contract address, 0x and 40 hexadecimal digits');

export const ledger = section({
  kind: word('evm'),
  url: url('http', 'https'),
  'chain-id': whole(1, Number.MAX_SAFE_INTEGER),
  contract: address,
  registry: address.optional(),
  finality,
  'account-key': secretReference,
  'ledger-key': keyReference,
});

export const keys = section({
  'log-key': keyReference.optional(),
  'sm2-key': secretReference.optional(),
  pkcs11: section({ module: path, pin: secretReference }).optional(),
});

const verifierKey = text(
  /^[^\p{Cc}]{1,300}$/u,
  'a verifier key: a name, 8 hexadecimal digits and base64, with + between',
);

/** More than 16 cosignatures would leave a note no room for its log's own lines. */
export const MOST_WITNESSES = 16;

export const witness = section({
  url: url('https', 'http'),
  vkey: verifierKey,
  owner: identifier,
  lan: z.boolean({ error: 'must be true or false' }).default(false),
});

export const quorum = whole(1, MOST_WITNESSES);

/** The sections of a witness' own configuration file. */
export const WITNESS_KEYS = ['name', 'state', 'listen', 'logs'] as const;

export const witnessName = text(
  /^[^\s+\p{Cc}]{1,96}$/u,
  'a name of at most 96 signs without spaces or +, e.g. witness.bank-a.example/1',
);

export const witnessedLog = section({
  key: verifierKey,
  'later-epochs': z.boolean({ error: 'must be true or false' }).default(false),
});

export const profile = word('gsp', 'en12830', 'none');

const HASH =
  'must be the hash of a token, sha256: and 64 small hexadecimal digits, or a reference to a file that holds it; make both with: bailee token';

/** A person, or a program, that has a token of its own. */
export const user = section({
  id: identifier,
  number: whole(2, 65_535),
  name: text(/^[^\p{Cc}]{1,64}$/u, 'a name of at most 64 signs').optional(),
  role: word('viewer', 'operator', 'supervisor', 'installer', 'admin', 'auditor'),
  'token-hash': z
    .string({ error: HASH })
    .refine((value) => isTokenHash(value) || isReference(value), { error: HASH }),
});
