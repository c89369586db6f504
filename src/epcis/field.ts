/**
 * An EPCIS event in the one form that XML and JSON-LD share: fields with a value or fields in them, named as
 * the XML schema names them. A field of another namespace is `{namespace}name`.
 */
export type Field = { readonly name: string; readonly value: string; readonly fields: readonly Field[] };

export const EVENT_TYPES = [
  'ObjectEvent',
  'AggregationEvent',
  'TransactionEvent',
  'TransformationEvent',
  'AssociationEvent',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type EventTree = { readonly type: EventType; readonly fields: readonly Field[] };

export function isEventType(name: string): name is EventType {
  return EVENT_TYPES.some((type) => type === name);
}
