import type { Grantee } from './grant-types.ts';
import type { Role } from './types.ts';

/**
 * Who may do what, by group of routes (security list S3): deny by default, so a route names its
 * group and a role that the group does not name is refused. `stepUp`: a browser must have signed in
 * within the last 5 minutes; a token proves itself with every call.
 */
export type Group = { readonly roles: readonly Role[]; readonly stepUp?: true };

export const ROLES = [
  'viewer',
  'operator',
  'supervisor',
  'installer',
  'admin',
  'auditor',
] as const satisfies readonly Role[];

/** Values, zones, alarms and their figures; the heads of the log. */
export const LOOK: Group = { roles: ROLES };
/** To acknowledge, shelve and comment. */
export const ATTEND: Group = { roles: ['operator', 'supervisor'] };
/** To take out of service, to put a zone into maintenance, and back. */
export const WITHDRAW: Group = { roles: ['supervisor', 'installer'], stepUp: true };
/** To move what closes a way: barrier, release, break-glass. */
export const COMMAND: Group = { roles: ['supervisor'], stepUp: true };
/** Journal, history, export, bundles. */
export const PROVE: Group = { roles: ['supervisor', 'auditor'] };
/** Metrics, health of devices. */
export const TEND: Group = { roles: ['operator', 'supervisor', 'installer', 'admin'] };
/** What readings there are no more, and why. */
export const OVERSEE: Group = { roles: ['supervisor', 'admin', 'auditor'] };
/** To say who else may see receipts. */
export const ENTRUST: Group = { roles: ['supervisor'], stepUp: true };
/** To let changed rules stay, or go. */
export const SETTLE: Group = { roles: ['supervisor', 'installer', 'admin'], stepUp: true };
/** To erase. */
export const ADMINISTER: Group = { roles: ['admin'], stepUp: true };

/** Whether a route lets somebody in: staff by their roles, a party by what its grant makes it. */
export function admits(
  access: Pick<Group, 'roles'> & { readonly grants?: readonly Grantee[] },
  { roles, grant }: { readonly roles: readonly Role[]; readonly grant?: { readonly as: Grantee } },
): boolean {
  if (grant !== undefined) return access.grants?.includes(grant.as) ?? false;
  return roleFor(access, roles) !== undefined;
}

/** The role of these that a group lets in; undefined when there is none. */
export function roleFor({ roles }: Pick<Group, 'roles'>, own: readonly Role[]): Role | undefined {
  return own.find((role) => roles.includes(role));
}
