import { duration, section, text } from './fields.ts';

/** Where tags are compared across sites. */
export type UniquenessSettings = {
  readonly url: string;
  /** References of this gateway's token, and of the key that the consortium shares. */
  readonly token: string;
  readonly key: string;
  readonly everyMs: number;
};

const EVERY_MS = 600_000;
const reference = text(/^(file|credential):\S+$/, 'a reference, file:PATH or credential:NAME');

/** `goods.index:` */
export const uniqueness = section({
  url: text(
    /^(https:\/\/\S+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?)$/,
    'an address beginning with https:// (http:// on this machine alone)',
  ),
  token: reference,
  key: reference,
  every: duration(1000, 24 * 3_600_000).optional(),
});

export function uniquenessSettings(
  read:
    | {
        readonly url: string;
        readonly token: string;
        readonly key: string;
        readonly every?: number | undefined;
      }
    | undefined,
): UniquenessSettings | null {
  if (read === undefined) return null;
  return { url: read.url, token: read.token, key: read.key, everyMs: read.every ?? EVERY_MS };
}
