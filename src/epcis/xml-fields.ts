import type { XmlElement } from '../domain/xml.ts';
import type { Field } from './field.ts';

/** EPCIS 1.x put newer fields into these; they mean nothing. */
const WRAPPERS: ReadonlySet<string> = new Set(['extension', 'baseExtension']);

/** The fields of an event in XML: attributes and elements alike. */
export function fieldsOfXml(element: XmlElement): readonly Field[] {
  const attributes = [...element.attributes].map(([name, value]) => ({ name, value, fields: [] }));
  return [...attributes, ...unwrapped(element).map(fieldOf)];
}

/** The elements inside one, those inside wrappers too. */
export function unwrapped(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) =>
    child.ns === '' && WRAPPERS.has(child.name) ? unwrapped(child) : [child],
  );
}

function fieldOf(element: XmlElement): Field {
  const { ns, name, text } = element;
  return { name: ns === '' ? name : `{${ns}}${name}`, value: text, fields: fieldsOfXml(element) };
}
