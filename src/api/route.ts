import type { Grantee } from './grant-types.ts';
import type { Group } from './roles.ts';
import type { SchemaName } from './schema.ts';

/**
 * `open`: anybody, told nothing about the site. `loopback`: a program on this machine, or the roles.
 * `tlog`: anybody where the log is configured to be public, else the roles.
 * Roles not named are refused.
 */
export type Access =
  | { readonly open: true }
  | (Group & {
      readonly open: false;
      readonly loopback?: true;
      readonly tlog?: true;
      /** Parties that come in by a grant; for all others of them there is nothing here. */
      readonly grants?: readonly Grantee[];
    });

export type Route = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** OpenAPI's spelling of parameters: `{id}`; `{+path}` is all that follows, slashes too. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Word for this act in records; routes that change something have one. */
  readonly verb?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: SchemaName;
  readonly status: 200 | 204;
  /** Media types of the answer, with the schema of those that have one. */
  readonly answer: Readonly<Record<string, SchemaName | null>>;
  /** Not part of the API: files of the page, tiles of another specification. */
  readonly hidden?: true;
};

export const EVERYONE: Access = { open: true };

/** JSON, as most routes answer. */
export const JSON_TYPE = 'application/json';

export function to(group: Group): Exclude<Access, { open: true }> {
  return { open: false, ...group };
}
