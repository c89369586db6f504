import { LOOK, SETTLE } from './roles.ts';
import { JSON_TYPE, to, type Route } from './route.ts';

/** Changed rules, and whether they stay. */
export const RULE_ROUTES = {
  ruleSet: {
    method: 'GET',
    path: '/api/v1/rules',
    access: to(LOOK),
    summary: 'Whether the rules in force are confirmed or on trial, until when, and what changed',
    status: 200,
    answer: { [JSON_TYPE]: 'RuleSetStatus' },
  },
  confirmRules: {
    method: 'POST',
    path: '/api/v1/rules/confirm',
    access: to(SETTLE),
    summary: 'Confirm rules that are on trial: they stay. Where two persons are asked for, each of them',
    verb: 'confirm-rules',
    body: 'Reason',
    status: 204,
    answer: {},
  },
  revertRules: {
    method: 'POST',
    path: '/api/v1/rules/revert',
    access: to(SETTLE),
    summary: 'Go back to the rules that were confirmed last; the gateway opens again at once',
    verb: 'revert-rules',
    body: 'Reason',
    status: 204,
    answer: {},
  },
  tryRules: {
    method: 'POST',
    path: '/api/v1/rules/try',
    access: to(SETTLE),
    summary: 'Try rules again that went back; the gateway opens again at once',
    verb: 'retry-rules',
    body: 'Reason',
    status: 204,
    answer: {},
  },
} as const satisfies Record<string, Route>;
