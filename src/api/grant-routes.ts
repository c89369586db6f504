import { ENTRUST, OVERSEE } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

/** Who may see which receipts, and who said so. */
export const GRANT_ROUTES = {
  grants: {
    method: 'GET',
    path: '/api/v1/grants',
    access: { ...to(OVERSEE), grants: ['holder'] },
    summary: 'Every grant there is, also those that are over; a holder sees those of its own receipts',
    status: 200,
    answer: { [JSON_TYPE]: 'Grants' },
  },
  grant: {
    method: 'POST',
    path: '/api/v1/grants',
    access: { ...to(ENTRUST), grants: ['holder'] },
    summary:
      'Give a party access to receipts or items: by their holder, or by a supervisor on the consent of the owner in writing. The answer shows the token, this once',
    verb: 'grant',
    body: 'GrantOrder',
    status: 200,
    answer: { [JSON_TYPE]: 'GrantMade' },
  },
  revokeGrant: {
    method: 'POST',
    path: '/api/v1/grants/{id}/revoke',
    access: { ...to(ENTRUST), grants: ['holder'] },
    summary: 'End a grant at once; its sessions are over, too. A holder revokes those it gave',
    verb: 'revoke',
    body: 'Reason',
    status: 204,
    answer: {},
  },
} as const satisfies Record<string, Route>;
