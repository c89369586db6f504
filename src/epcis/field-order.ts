/** Fields in the order in which the hash takes them; each with those inside it. */
export type Order = readonly (readonly [name: string, inner: Order])[];

function leaves(...names: readonly string[]): Order {
  return names.map((name) => [name, []]);
}

const EPCS = leaves('epc');
const QUANTITIES: Order = [['quantityElement', leaves('epcClass', 'quantity', 'uom')]];
const PLACE = leaves('id');

const METADATA = leaves(
  'time',
  'startTime',
  'endTime',
  'deviceID',
  'deviceMetadata',
  'rawData',
  'dataProcessingMethod',
  'bizRules',
);
const REPORT = leaves(
  'type',
  'exception',
  'deviceID',
  'deviceMetadata',
  'rawData',
  'dataProcessingMethod',
  'time',
  'microorganism',
  'chemicalSubstance',
  'value',
  'component',
  'stringValue',
  'booleanValue',
  'hexBinaryValue',
  'uriValue',
  'minValue',
  'maxValue',
  'meanValue',
  'sDev',
  'percRank',
  'percValue',
  'uom',
  'coordinateReferenceSystem',
);

/** CBV 2.0 section 8.9.2, property order of events of every type. */
export const EVENT_ORDER: Order = [
  ...leaves('eventTime', 'eventTimeZoneOffset'),
  ['epcList', EPCS],
  ['parentID', []],
  ['inputEPCList', EPCS],
  ['childEPCs', EPCS],
  ['quantityList', QUANTITIES],
  ['childQuantityList', QUANTITIES],
  ['inputQuantityList', QUANTITIES],
  ['outputEPCList', EPCS],
  ['outputQuantityList', QUANTITIES],
  ...leaves('action', 'transformationID', 'bizStep', 'disposition'),
  ['persistentDisposition', leaves('set', 'unset')],
  ['readPoint', PLACE],
  ['bizLocation', PLACE],
  ['bizTransactionList', [['bizTransaction', leaves('type')]]],
  ['sourceList', [['source', leaves('type')]]],
  ['destinationList', [['destination', leaves('type')]]],
  [
    'sensorElementList',
    [
      [
        'sensorElement',
        [
          ['sensorMetadata', METADATA],
          ['sensorReport', REPORT],
        ],
      ],
    ],
  ],
];

/** Standard fields that hold a time. */
export const TIMES: ReadonlySet<string> = new Set(['eventTime', 'time', 'startTime', 'endTime']);

/** Their `type` stands before them, and the list's items have no name of their own. */
export const TYPED: ReadonlySet<string> = new Set(['bizTransaction', 'source', 'destination']);

/** Never part of the hash: what is said about the event, not of what happened. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'type',
  'eventID',
  'recordTime',
  'errorDeclaration',
  'certificationInfo',
]);
const COMMENTS: ReadonlySet<string> = new Set([
  'comment',
  'rdfs:comment',
  '{http://www.w3.org/2000/01/rdf-schema#}comment',
]);

export function isComment(name: string): boolean {
  return COMMENTS.has(name);
}
