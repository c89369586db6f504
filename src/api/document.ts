import * as z from 'zod';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { SCHEMAS } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of this API, made from the tables that serve it. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    if (route.hidden === true) continue;
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(name, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'bailee gateway',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'What an IoT edge gateway sees now, what it recorded, and its alarms.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-bailee',
          description: 'Over plain HTTP on loopback the name is bailee-<port>',
        },
      },
    },
  };
}

function schemas(): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly;
    },
  });
  // Inside a document a schema is named by its place: `$id` would make it another document.
  for (const schema of Object.values(made.schemas)) {
    delete schema.$id;
    delete schema.$schema;
  }
  return made.schemas;
}

function operationOf(name: string, route: Route): Json {
  const { access, body, verb } = route;
  const content: Record<string, Json> = {};
  for (const [type, schema] of Object.entries(route.answer)) content[type] = mediaOf(type, schema);
  return {
    operationId: name,
    summary: route.summary,
    parameters: parametersOf(route, verb !== undefined && !access.open),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: refTo(body) } } } }),
    responses: {
      [route.status]: {
        description: route.status === 204 ? 'Done' : 'The answer',
        ...(route.status === 204 ? {} : { content }),
      },
      default: {
        description: 'Not served, and why',
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    },
    security: access.open ? [] : [{ token: [] }, { session: [] }, ...(access.loopback === true ? [{}] : [])],
    ...(access.open ? {} : { 'x-roles': access.roles, ...(access.stepUp ? { 'x-step-up': true } : {}) }),
  };
}

function mediaOf(type: string, schema: string | null): Json {
  if (schema !== null && type === 'text/event-stream') {
    return { schema: { type: 'string' }, 'x-event-data': refTo(schema) };
  }
  if (schema !== null) return { schema: refTo(schema) };
  return { schema: { type: type === 'application/json' ? 'object' : 'string' } };
}

function parametersOf({ path, query }: Route, needsCsrf: boolean): Json[] {
  const schema = { type: 'string' };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: 'Percent-encoded, slashes too',
    schema,
  }));
  const inQuery = Object.entries(query ?? {}).map(([name, description]) => {
    return { name, in: 'query', required: false, description, schema };
  });
  const header = { name: 'x-csrf-token', in: 'header', required: false, schema };
  const csrf = { ...header, description: '`csrf` of the session; not needed with a token' };
  return needsCsrf ? [...inPath, ...inQuery, csrf] : [...inPath, ...inQuery];
}

function refTo(schema: string): Json {
  return { $ref: `#/components/schemas/${schema}` };
}
