import * as z from 'zod';
import { BIZ_STEPS, EVENT_KINDS, type EventKind } from '../domain/epcis-events.ts';
import { duration, list, secretReference, section, text, url, word } from './fields.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import type { SecretStore } from './secret.ts';
import type { Source } from './source.ts';

/** Events of EPCIS made from the journal: what the site's names are outside, and who is told. */
export type EpcisSettings = {
  readonly utcOffset: string;
  readonly windowMs: number;
  readonly cbv: '2.0' | '2.1';
  /** URIs by zone, stream, device and party; business steps by stream. */
  readonly places: ReadonlyMap<string, string>;
  readonly points: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
  readonly parties: ReadonlyMap<string, string>;
  /** Whether anybody may ask what a Digital Link names, and is told that it is on record, or only who has a token. */
  readonly digitalLink: 'token' | 'public';
  readonly capture: CaptureSettings | null;
};

/** A partner's repository. */
export type CaptureSettings = {
  /** Address of its EPCIS 2.0 interface, without /capture. */
  readonly url: string;
  /** Reference of the token; null for a repository that asks for none. */
  readonly token: string | null;
  readonly kinds: readonly EventKind[];
  readonly lan: boolean;
};

const uri = text(
  /^(?:https:\/\/|urn:)[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]{1,240}$/,
  'a URI, such as urn:epc:id:sgln:952132100001.0.1 or https://id.gs1.org/414/9521321000018/254/1',
);
/** Each name and each value is looked at by itself. */
const uris = z.record(z.string(), uri, { error: 'must be a map of names to URIs' }).default({});

const schema = section({
  'utc-offset': text(
    /^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/,
    'an offset in quotes, such as "+08:00"',
  ).default('+08:00'),
  window: duration(60_000, 86_400_000).default(3_600_000),
  cbv: word('2.0', '2.1').default('2.0'),
  places: uris,
  'read-points': uris,
  steps: z
    .record(z.string(), word(...BIZ_STEPS), { error: 'must be a map of streams to business steps' })
    .default({}),
  devices: uris,
  parties: uris,
  'digital-link': word('token', 'public').default('token'),
  capture: section({
    url: url('https', 'http'),
    token: secretReference.optional(),
    events: list(word(...EVENT_KINDS), 1, EVENT_KINDS.length).optional(),
    lan: z.boolean({ error: 'must be true or false' }).default(false),
  }).optional(),
});

/** Reads `epcis:`; null where there is none, and then no events are made. */
export function readEpcis(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
  site: {
    readonly zones: readonly string[];
    readonly streams: readonly string[];
    readonly devices: readonly string[];
  },
): EpcisSettings | null {
  const raw = valueAt(source.value, ['epcis']);
  if (raw === undefined) return null;
  const names = {
    places: site.zones,
    'read-points': site.streams,
    steps: site.streams,
    devices: site.devices,
  };
  for (const [key, known] of Object.entries(names)) checkNames(source, problems, key, known);
  problems.secret(source, ['epcis', 'capture', 'token'], secrets);
  const address = valueAt(raw, ['capture', 'url']);
  const isPlain = typeof address === 'string' && /^http:/i.test(address);
  if (isPlain && valueAt(raw, ['capture', 'lan']) !== true)
    problems.at(
      source,
      ['epcis', 'capture', 'url'],
      'must be https; plain http is for a local network, with lan: true',
    );
  const read = problems.read(source, ['epcis'], raw, schema);
  if (read === undefined) return null;
  const { capture } = read;
  return {
    utcOffset: read['utc-offset'],
    windowMs: read.window,
    cbv: read.cbv,
    places: mapOf(read.places),
    points: mapOf(read['read-points']),
    steps: mapOf(read.steps),
    devices: mapOf(read.devices),
    parties: mapOf(read.parties),
    digitalLink: read['digital-link'],
    capture:
      capture === undefined
        ? null
        : {
            url: capture.url,
            token: capture.token ?? null,
            kinds: capture.events ?? EVENT_KINDS,
            lan: capture.lan,
          },
  };
}

function checkNames(source: Source, problems: Problems, key: string, known: readonly string[]): void {
  const given = valueAt(source.value, ['epcis', key]);
  if (typeof given !== 'object' || given === null) return;
  const kinds: Readonly<Record<string, string>> = { places: 'zone', devices: 'device' };
  for (const name of Object.keys(given))
    if (!known.includes(name))
      problems.at(source, ['epcis', key, name], notOneOf(kinds[key] ?? 'stream', name, known), 'key');
}

function mapOf(record: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(record));
}
