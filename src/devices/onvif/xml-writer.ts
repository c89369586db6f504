import type { XmlElement } from '../../domain/xml.ts';

/** Makes an element; text and children exclude each other. */
export function element(
  ns: string,
  name: string,
  content: string | readonly XmlElement[] = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  const isText = typeof content === 'string';
  return {
    ns,
    name,
    attributes: new Map(Object.entries(attributes)),
    children: isText ? [] : content,
    text: isText ? content : '',
  };
}

/**
 * The document as UTF-8. Namespaces of `prefixes` are declared at the root, since devices exist that look
 * for the customary prefix; others where they begin. All of `prefixes` are declared: topics name them in text.
 */
export function writeXml(root: XmlElement, prefixes: Readonly<Record<string, string>>): Uint8Array {
  const byUri = new Map(Object.entries(prefixes).map(([prefix, uri]) => [uri, prefix]));
  const declared = Object.entries(prefixes).map(([prefix, uri]) => ` xmlns:${prefix}="${escaped(uri)}"`);
  const body = written(root, byUri, '', declared.join(''));
  return new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

function written(e: XmlElement, byUri: ReadonlyMap<string, string>, outer: string, more = ''): string {
  const prefix = byUri.get(e.ns);
  const name = prefix === undefined ? e.name : `${prefix}:${e.name}`;
  const inner = prefix === undefined ? e.ns : outer;
  let head = `<${name}${more}`;
  if (inner !== outer) head += ` xmlns="${escaped(inner)}"`;
  let n = 0;
  for (const [key, value] of e.attributes) {
    const match = /^\{(.*)\}(.+)$/su.exec(key);
    const [uri, local] = match === null ? ['', key] : [match[1] ?? '', match[2] ?? ''];
    const known = byUri.get(uri);
    if (uri === '') head += ` ${local}="${escaped(value)}"`;
    else if (known !== undefined) head += ` ${known}:${local}="${escaped(value)}"`;
    else {
      head += ` xmlns:a${n}="${escaped(uri)}" a${n}:${local}="${escaped(value)}"`;
      n += 1;
    }
  }
  if (e.children.length === 0 && e.text === '') return `${head}/>`;
  return `${head}>${escaped(e.text)}${e.children.map((c) => written(c, byUri, inner)).join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[<>&"\t\r\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
