import type { Text } from '../domain/alarm.ts';
import { digitalLink } from '../domain/epc/digital-link.ts';
import { elementString } from '../domain/epc/element-string.ts';
import { typeOf } from '../domain/epc/elements.ts';
import { encodeEpc, hex, type Content } from '../domain/epc/epc.ts';
import { fittingSchemes, type Fitting } from '../domain/epc/fitting-schemes.ts';
import { pureUri } from '../domain/epc/identity.ts';
import type { Code, Form } from '../domain/epc/read-code.ts';
import type { Context } from './context.ts';

/** What is to be written to a tag, and how. */
type Writing = { readonly scheme: string | null; readonly filter: number; readonly hostName: string | null };

type Answer = ReturnType<typeof answerOf>;

/** Every form of a code. */
export function answerOf(code: Code, { scheme, filter, hostName }: Writing) {
  const { form, epc, identity, elements } = code;
  const content = { filter, identity, elements, hostName };
  const tags = scheme === null ? fittingSchemes(content) : [only(scheme, content)];
  return {
    form,
    scheme: epc?.scheme ?? null,
    filter: epc?.filter ?? null,
    fields: epc?.fields ?? {},
    tagUri: epc?.tagUri ?? null,
    pureUri: identity === null ? null : pureUri(identity),
    elementString: elements === null ? null : elementString(elements),
    digitalLink: elements === null ? null : digitalLink(elements, hostName ?? undefined),
    needsPrefixLength: identity === null && elements !== null && typeOf(elements) !== null,
    tags: tags.map(({ scheme: name, made }) =>
      made.ok ? { scheme: name, epc: hex(made.value) } : { scheme: name, why: made.why },
    ),
  };
}

function only(scheme: string, content: Content): Fitting {
  return { scheme, made: encodeEpc(scheme, content) };
}

const NAMES = {
  form: { en: 'read as', zh: '识别为' },
  scheme: { en: 'scheme', zh: '编码方案' },
  filter: { en: 'filter', zh: '滤值' },
  tagUri: { en: 'tag URI', zh: '标签 URI' },
  pureUri: { en: 'pure identity', zh: '纯标识 URI' },
  elementString: { en: 'element string', zh: '元素字符串' },
  digitalLink: { en: 'Digital Link', zh: '数字链接' },
} as const satisfies Readonly<Record<string, Text>>;

const FORMS = {
  tag: { en: 'tag memory', zh: '标签存储内容' },
  'tag URI': { en: 'tag URI', zh: '标签 URI' },
  'pure identity': { en: 'pure identity URI', zh: '纯标识 URI' },
  'element string': { en: 'element string', zh: '元素字符串' },
  'Digital Link': { en: 'GS1 Digital Link', zh: 'GS1 数字链接' },
} as const satisfies Readonly<Record<Form, Text>>;

/** For a person: what there is, then the tags it may be written to. */
export function describeCode(answer: Answer, context: Context): string {
  const width = context.lang === 'zh' ? 0 : 18;
  const line = (name: string, value: string): string => `${name.padEnd(width)}  ${value}`;
  const forms = (['scheme', 'filter', 'tagUri', 'pureUri', 'elementString', 'digitalLink'] as const).flatMap(
    (key) => {
      const value = answer[key];
      return value === null ? [] : [line(context.say(NAMES[key]), String(value))];
    },
  );
  const fields = Object.entries(answer.fields).map(([name, value]) => line(`  ${name}`, value));
  const tags = answer.tags.map(({ scheme, epc, why }) => line(`  ${scheme}`, epc ?? `– ${why}`));
  return [
    line(context.say(NAMES.form), context.say(FORMS[answer.form])),
    ...forms,
    ...(fields.length > 0 ? [context.say({ en: 'fields', zh: '字段' }), ...fields] : []),
    ...(tags.length > 0 ? [context.say({ en: 'on a tag', zh: '写入标签' }), ...tags] : []),
    ...(answer.needsPrefixLength
      ? [
          context.say({
            en: 'URIs and older tags need --prefix-length',
            zh: 'URI 和旧式标签编码需要 --prefix-length',
          }),
        ]
      : []),
  ].join('\n');
}
