import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { call } from './call.fixture.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import type { Api } from './server.ts';
import { MemorySite } from './site.fixture.ts';
import { NOON, value } from './site-things.fixture.ts';

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>
  >;
};
type Document = {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

const site = new MemorySite();
site.recorded = [{ ...value(43, -1, NOON - 1000), seq: 7 }];
let api: Api;
let document: Document;
beforeAll(async () => {
  api = await site.open();
  document = (await call(`${api.url}/api/v1/openapi.json`)).json as Document;
});
afterAll(() => api[Symbol.asyncDispose]());

/** What the document says, made into a check that knows nothing of the tables it came from. */
function checkFor(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}

function answerSchema(path: string, method: string, status: string, type: string): object {
  const content = document.paths[path]?.[method]?.responses[status]?.content?.[type];
  if (content === undefined) throw new Error(`the document has no ${type} for ${method} ${path} ${status}`);
  return content.schema;
}

describe('the OpenAPI document', () => {
  it('is 3.1 and has every route of the API, and no other', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe('0.1.0');
    const found = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = Object.values<Route>(ROUTES).filter((r) => r.hidden !== true);
    expect(found.toSorted()).toEqual(served.map((r) => `${r.method} ${r.path}`).toSorted());
  });

  it('has every parameter of each path, required, and no reference that leads nowhere', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const { parameters } of Object.values(item)) {
        const named = parameters.filter((p) => p.in === 'path' && p.required).map((p) => p.name);
        expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]));
      }
    }
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    expect(JSON.stringify(document)).not.toMatch(/"\$(id|schema)"/);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
  });

  it('names each operation once', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map((o) => o.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  const reads = [
    'status',
    'streams',
    'devices',
    'alarms',
    'alarms/{id}',
    'alarms/{id}/history',
    'alarm-figures',
    'push',
    'incidents',
    'incidents/{id}',
    'maintenance',
    'session',
    'streams/{id}/readings',
  ];
  it.each(reads)('says what %s answers', async (name) => {
    const path = `/api/v1/${name}`;
    const ids = { alarms: 'probe-1/temperature/cold-room-warm', incidents: '0-17' };
    const id = Object.entries(ids).find(([of]) => name.startsWith(of))?.[1] ?? 'probe-1/temperature';
    const asked = path.replace('{id}', encodeURIComponent(id));
    const answer = await call(`${api.url}${asked}`, { as: 'owner' });
    expect(answer.status).toBe(200);
    const check = checkFor(answerSchema(path, 'get', '200', 'application/json'));
    expect(check.safeParse(answer.json).error).toBeUndefined();
    expect(check.safeParse({ ...(answer.json as object), surplus: 1 }).success).toBe(false);
  });

  it.each(['status', 'streams/{id}/readings'])('says how %s is refused', async (name) => {
    const path = `/api/v1/${name}`;
    const answer = await call(`${api.url}${path.replace('{id}', 'x')}`);
    expect(answer.status).toBe(401);
    const check = checkFor(answerSchema(path, 'get', 'default', 'application/problem+json'));
    expect(check.safeParse(answer.json).error).toBeUndefined();
  });

  it('says what the event stream carries', () => {
    const check = checkFor({ $ref: '#/components/schemas/Event' });
    const [alarm] = site.alarmList;
    expect(check.safeParse({ kind: 'alarm', alarm }).success).toBe(true);
    expect(check.safeParse({ kind: 'status', status: site.status() }).success).toBe(true);
    expect(check.safeParse({ kind: 'alarm', alarm: { ...alarm, state: 'fine' } }).success).toBe(false);
  });
});
