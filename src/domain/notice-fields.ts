/** A body that a program is sent, as YAML or JSON has it; texts in it may hold fields such as `{title.zh}`. */
export type Template =
  string | number | boolean | null | readonly Template[] | { readonly [key: string]: Template };

/** What a template may say of a notice. */
export const NOTICE_FIELDS = [
  'id',
  'attempt',
  'role',
  'alarm',
  'priority',
  'calls',
  'title.en',
  'title.zh',
  'subject.en',
  'subject.zh',
  'text.en',
  'text.zh',
  'gateway.en',
  'gateway.zh',
  'place.en',
  'place.zh',
  'value',
  'unit',
  'limit',
  'side',
  'since',
  'at',
  'link',
] as const;
export type NoticeField = (typeof NOTICE_FIELDS)[number];

const FIELD = /\{([^{}]*)\}/g;

/** The fields that the texts of a template name, known or not, each with the path to its text. */
export function fieldsIn(
  template: Template,
  path: readonly (string | number)[] = [],
): { readonly path: readonly (string | number)[]; readonly field: string }[] {
  if (typeof template === 'string') {
    return [...template.matchAll(FIELD)].map(([, field = '']) => ({ path, field }));
  }
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template).flatMap(([key, part]: [string, Template]) =>
    fieldsIn(part, [...path, Array.isArray(template) ? Number(key) : key]),
  );
}

/**
 * The template with its fields filled in. A text that is one field alone becomes what the field is, also
 * a number, a truth or null; within a longer text null is nothing.
 */
export function filled(
  template: Template,
  values: Readonly<Record<NoticeField, string | number | boolean | null>>,
): Template {
  if (typeof template === 'string') {
    const whole = NOTICE_FIELDS.find((name) => template === `{${name}}`);
    if (whole !== undefined) return values[whole];
    return template.replaceAll(FIELD, (text, field: string) => {
      const name = NOTICE_FIELDS.find((known) => known === field);
      return name === undefined ? text : String(values[name] ?? '');
    });
  }
  if (typeof template !== 'object' || template === null) return template;
  if (isList(template)) return template.map((part) => filled(part, values));
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, filled(part, values)]));
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}
