import { LOOK, PROVE } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

/** Alarms of one place or cause within a minute, told as one story. */
export const INCIDENT_ROUTES = {
  incidents: {
    method: 'GET',
    path: '/api/v1/incidents',
    access: to(LOOK),
    summary:
      'Incidents of a window, the newest first: alarms of one place or cause that rose within a minute',
    query: {
      from: 'ISO 8601 instant or ms since 1970, inclusive; 24 h before `to` when left out',
      to: 'ISO 8601 instant or ms since 1970, exclusive; now when left out',
      limit: '1 to 500, 100 when left out',
    },
    status: 200,
    answer: { [JSON_TYPE]: 'Incidents' },
  },
  incident: {
    method: 'GET',
    path: '/api/v1/incidents/{id}',
    access: to(LOOK),
    summary: 'What happened in one incident, in order; who was told, who did what and why, and its pictures',
    status: 200,
    answer: { [JSON_TYPE]: 'Incident' },
  },
  incidentBundle: {
    method: 'GET',
    path: '/api/v1/incidents/{id}/bundle',
    access: to(PROVE),
    summary:
      'The proof file of one incident: its zone and all events, from ten minutes before to ten minutes after it, as far as sealed',
    status: 200,
    answer: { 'application/zip': null },
  },
} as const satisfies Record<string, Route>;
