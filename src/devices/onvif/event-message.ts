import { child, children, NS } from './soap.ts';
import { readTime, writeTime } from './times.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

export type EventMessage = {
  /** Without prefixes, which each maker chooses: `RuleEngine/CellMotionDetector/Motion`. */
  readonly topic: string;
  /** The camera's clock, ms since 1970; null where it gave none. */
  readonly at: number | null;
  /** `Initialized` tells a state that stands; null for an event that is no state. */
  readonly operation: 'Initialized' | 'Changed' | 'Deleted' | null;
  /** Simple items by name: who tells it, and what. */
  readonly source: ReadonlyMap<string, string>;
  readonly data: ReadonlyMap<string, string>;
};

const OPERATIONS = ['Initialized', 'Changed', 'Deleted'] as const;

/** Reads a `wsnt:NotificationMessage`; a sentence for one that is none. */
export function decodeEvent(notification: XmlElement): EventMessage | string {
  const topic = child(notification, NS.wsnt, 'Topic')?.text;
  const message = child(child(notification, NS.wsnt, 'Message'), NS.tt, 'Message');
  if (topic === undefined || topic === '') return 'a notification without a topic';
  if (message === undefined) return `no message with topic ${topic.slice(0, 80)}`;
  const named = message.attributes.get('PropertyOperation');
  return {
    topic: withoutPrefixes(topic),
    at: readTime(message.attributes.get('UtcTime') ?? ''),
    operation: OPERATIONS.find((o) => o === named) ?? null,
    source: itemsOf(child(message, NS.tt, 'Source')),
    data: itemsOf(child(message, NS.tt, 'Data')),
  };
}

/** The other half; the first part of the topic gets ONVIF's own prefix. */
export function encodeEvent({ topic, at, operation, source, data }: EventMessage): XmlElement {
  const dialect = 'http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet';
  const attributes = {
    ...(at === null ? {} : { UtcTime: writeTime(at) }),
    ...(operation === null ? {} : { PropertyOperation: operation }),
  };
  const message = element(
    NS.tt,
    'Message',
    [encodeItems('Source', source), encodeItems('Data', data)],
    attributes,
  );
  return element(NS.wsnt, 'NotificationMessage', [
    element(NS.wsnt, 'Topic', `tns1:${topic}`, { Dialect: dialect }),
    element(NS.wsnt, 'Message', [message]),
  ]);
}

/** `tns1:Device/tnsaxis:IO/Port` → `Device/IO/Port`. */
export function withoutPrefixes(topic: string): string {
  return topic
    .split('/')
    .map((part) => part.slice(part.lastIndexOf(':') + 1).trim())
    .join('/');
}

function itemsOf(parent: XmlElement | undefined): ReadonlyMap<string, string> {
  return new Map(
    children(parent, NS.tt, 'SimpleItem').map((item) => [
      item.attributes.get('Name') ?? '',
      item.attributes.get('Value') ?? '',
    ]),
  );
}

function encodeItems(name: string, items: ReadonlyMap<string, string>): XmlElement {
  const simple = [...items].map(([key, value]) =>
    element(NS.tt, 'SimpleItem', [], { Name: key, Value: value }),
  );
  return element(NS.tt, name, simple);
}
