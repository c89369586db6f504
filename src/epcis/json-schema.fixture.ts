type Node = Readonly<Record<string, unknown>>;

const FORMATS: Readonly<Record<string, RegExp>> = {
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:[^\s"<>\\^`{|}]+$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i,
};
/** They say nothing about what is valid, or are looked at where another stands. */
const SILENT = new Set([
  '$schema',
  '$comment',
  'title',
  'description',
  'definitions',
  'then',
  'else',
  'additionalProperties',
]);

/** A check of documents by this JSON schema: the keywords of draft-07 that the GS1 schema has, no others. */
export function checkerOf(schema: unknown): (document: unknown) => boolean {
  const root = node(schema);
  return (document) => takes(root, document, root);
}

function takes(rule: Node, value: unknown, root: Node): boolean {
  return Object.entries(rule).every(([keyword, wanted]) => {
    if (SILENT.has(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`the schema has the keyword ${keyword}, which is not checked`);
    return check(wanted, value, { rule, root });
  });
}

type Check = (wanted: unknown, value: unknown, at: { readonly rule: Node; readonly root: Node }) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (wanted, value, { root }) =>
    takes(node(node(root['definitions'])[String(wanted).split('/')[2] ?? '']), value, root),
  type: (wanted, value) => typeOf(value) === wanted,
  enum: (wanted, value) => list(wanted).includes(value),
  const: (wanted, value) => wanted === value,
  pattern: (wanted, value) => typeof value !== 'string' || new RegExp(String(wanted)).test(value),
  format: (wanted, value) => typeof value !== 'string' || FORMATS[String(wanted)]?.test(value) === true,
  required: (wanted, value) => !isObject(value) || list(wanted).every((name) => String(name) in value),
  items: (wanted, value, { root }) =>
    !Array.isArray(value) || value.every((one) => takes(node(wanted), one, root)),
  minItems: (wanted, value) => !Array.isArray(value) || value.length >= Number(wanted),
  uniqueItems: (_, value) =>
    !Array.isArray(value) || new Set(value.map((v) => JSON.stringify(v))).size === value.length,
  propertyNames: (wanted, value, { root }) =>
    !isObject(value) || Object.keys(value).every((name) => takes(node(wanted), name, root)),
  properties: (wanted, value, { rule, root }) =>
    !isObject(value) ||
    Object.entries(value).every(([name, inner]) => {
      const known = node(wanted)[name];
      return known === undefined ? rule['additionalProperties'] !== false : takes(node(known), inner, root);
    }),
  allOf: (wanted, value, { root }) => list(wanted).every((one) => takes(node(one), value, root)),
  anyOf: (wanted, value, { root }) => list(wanted).some((one) => takes(node(one), value, root)),
  oneOf: (wanted, value, { root }) =>
    list(wanted).filter((one) => takes(node(one), value, root)).length === 1,
  not: (wanted, value, { root }) => !takes(node(wanted), value, root),
  if: (wanted, value, { rule, root }) => {
    const branch = takes(node(wanted), value, root) ? rule['then'] : rule['else'];
    return branch === undefined || takes(node(branch), value, root);
  },
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: unknown): value is Node {
  return typeOf(value) === 'object';
}

function node(value: unknown): Node {
  if (!isObject(value)) throw new Error(`${JSON.stringify(value)} is no part of a schema`);
  return value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
