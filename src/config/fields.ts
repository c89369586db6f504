import * as z from 'zod';
import { nearest } from '../domain/nearest.ts';
import { formatDuration, parseDuration } from '../domain/units.ts';
import { isPkcs11Uri, parsePkcs11Uri } from './pkcs11-uri.ts';
import { INLINE, isReference } from './secret.ts';

/**
 * A map that takes only the keys of `shape`. The message of an unknown-key issue is the known
 * keys, which `problemsOf` turns into the nearest one for each key.
 */
export function section<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : 'must be a map of keys to values',
  });
}

/** Text of this form; `what` says what would be right. */
export function text(form: RegExp, what: string) {
  return z.string({ error: `must be ${what}` }).regex(form, { error: `must be ${what}` });
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** One of these words. */
export function word<const W extends readonly string[]>(...words: W) {
  return z.enum(words, {
    error: (issue) => {
      const close = typeof issue.input === 'string' ? nearest(issue.input, words) : null;
      return `must be ${words.join(' or ')}${close === null ? '' : `; did you mean "${close}"?`}`;
    },
  });
}

/** A time span as people write it (`10s`), from `least` to `most` ms; becomes milliseconds. */
export function duration(least: number, most: number) {
  const what = `must be a time with its unit from ${formatDuration(least)} to ${formatDuration(most)}, e.g. 100ms, 10s or 5m`;
  return z
    .string({ error: what })
    .refine(
      (value) => {
        const ms = parseDuration(value);
        return ms !== null && ms >= least && ms <= most;
      },
      { error: what },
    )
    .transform((value) => parseDuration(value) ?? 0);
}

/** Id of a zone, channel or route: it stands in rules, records and evidence. */
export const identifier = text(
  /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
  'an id of at most 32 small letters, digits and dashes',
);

export const list = <T extends z.ZodType>(item: T, least: number, most: number) => {
  const error = `must be a list of ${least} to ${most} entries`;
  return z.array(item, { error }).min(least, { error }).max(most, { error });
};

const words = text(/^[^\p{Cc}]{1,80}$/u, '1 to 80 signs of plain text, with no line break');

/** A title in both languages of the product. */
export const title = section({ en: words, zh: words });

/** A secret by reference; its value never stands in configuration. */
export const secretReference = z.string({ error: INLINE }).refine(isReference, { error: INLINE });

const KEY_INLINE =
  'must be a reference, "file:/path", "credential:NAME" or "pkcs11:token=NAME;object=NAME"; a key never stands in configuration';

/** A key by reference, in a file or in a token. */
export const keyReference = z.string({ error: KEY_INLINE }).superRefine((value, ctx) => {
  if (isReference(value)) return;
  const parsed = parsePkcs11Uri(value);
  if (parsed.ok) return;
  ctx.addIssue({ code: 'custom', message: isPkcs11Uri(value) ? parsed.why : KEY_INLINE });
});

const LABEL = /^[a-z][a-z0-9_]{0,31}$/;
const LABEL_TEXT = /^[^\p{Cc}]{1,64}$/u;
const LABEL_MAP = 'must be a map of labels to texts';

/** Labels of a zone and their texts: each name and each text is looked at by itself. */
export const labels = z
  .record(z.string(), z.unknown(), { error: LABEL_MAP })
  .transform((raw, ctx): Record<string, string> => {
    const issue = (name: string, message: string, key: boolean): void =>
      ctx.addIssue({ code: 'custom', path: [name], message, params: { key } });
    const entries = Object.entries(raw).map(([name, value]): [string, string] => {
      if (!LABEL.test(name)) issue(name, NOT_A_LABEL, true);
      const right = typeof value === 'string' && LABEL_TEXT.test(value);
      if (!right) issue(name, 'must be a text of 1 to 64 signs', false);
      return [name, right ? value : ''];
    });
    return Object.fromEntries(entries);
  });

const NOT_A_LABEL =
  'is not a name for a label: it must be at most 32 small letters, digits and underscores, a letter first';

/** A URL of one of these schemes, without user name or password in it; becomes what was written. */
export function url(...schemes: string[]) {
  const what = `must be a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  return z.string({ error: what }).superRefine((value, ctx) => {
    const parsed = URL.parse(value);
    if (parsed === null || parsed.hostname === '' || !schemes.includes(parsed.protocol.slice(0, -1))) {
      ctx.addIssue({ code: 'custom', message: what });
    } else if (parsed.username !== '' || parsed.password !== '') {
      ctx.addIssue({ code: 'custom', message: URL_WITH_SECRET });
    }
  });
}

const URL_WITH_SECRET = 'must not hold a user name or password; give them by their own keys';
