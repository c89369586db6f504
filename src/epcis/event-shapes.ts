import { isJsonObject, type Json, type JsonObject } from '../domain/strict-json.ts';
import {
  decimal,
  flag,
  list,
  matching,
  object,
  oneOf,
  shown,
  text,
  time,
  uri,
  word,
  type Shape,
  type Shaped,
} from './shape.ts';
import { TERMS } from './vocabulary.ts';

/** Of CBV 1.x: in JSON the bare word is written. */
const OLD_CBV = /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/;
/** The full names of measurement types, too, are written as bare words. */
const OLD_GS1 = /^https?:\/\/(?:www\.)?gs1\.org\/voc\//;

function term(place: string, notTaken = OLD_CBV): Shape<string> {
  return word(TERMS[place]?.words ?? [], notTaken);
}

const disposition = term('/disposition');
const place = object({ id: uri }, {}, true);
const quantity = object(
  { epcClass: uri },
  {
    quantity: decimal,
    uom: matching('a unit of two or three capitals or digits (UN/CEFACT Rec. 20)', /^[A-Z0-9]{2,3}$/),
  },
  false,
);
const device = {
  deviceID: uri,
  deviceMetadata: uri,
  rawData: uri,
  dataProcessingMethod: uri,
  bizRules: uri,
  time,
};
const report = object(
  { type: term('sensorReport/type', OLD_GS1) },
  {
    ...device,
    exception: term('sensorReport/exception', OLD_GS1),
    microorganism: uri,
    chemicalSubstance: uri,
    coordinateReferenceSystem: uri,
    value: decimal,
    component: term('sensorReport/component'),
    stringValue: text,
    booleanValue: flag,
    hexBinaryValue: matching('hexadecimal digits', /^[A-Fa-f0-9]+$/),
    uriValue: uri,
    minValue: decimal,
    maxValue: decimal,
    meanValue: decimal,
    sDev: decimal,
    percRank: decimal,
    percValue: decimal,
    uom: text,
  },
  true,
);
const sensorElement = object(
  { sensorReport: list(report, { least: 1 }) },
  { sensorMetadata: object({}, { ...device, startTime: time, endTime: time }, true) },
  true,
);

/** Kept as written: it says what other names mean. */
const context: Shape<Json> = (json) => json;
const certification: Shape<readonly string[] | string> = (json, path, faults) =>
  Array.isArray(json) ? list(uri)(json, path, faults) : uri(json, path, faults);
/** Anything, as long as every field says whose it is. */
const ilmd: Shape<JsonObject> = (json, path, faults) => {
  if (!isJsonObject(json)) {
    faults.push({ path, problem: `${shown(json)} is not an object` });
    return undefined;
  }
  for (const name of json.keys())
    if (!name.includes(':'))
      faults.push({ path: `${path}/${name}`, problem: `"${name}" has no prefix, such as cbvmda:${name}` });
  return json;
};

const error = object(
  { declarationTime: time },
  {
    reason: word(['did_not_occur', 'incorrect_data'], OLD_CBV),
    correctiveEventIDs: list(uri),
  },
  true,
);

const required = {
  eventTime: time,
  eventTimeZoneOffset: matching('an offset such as +08:00', /^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/),
};
/** Fields of events of every type. */
const common = {
  '@context': context,
  recordTime: time,
  eventID: uri,
  certificationInfo: certification,
  errorDeclaration: error,
  bizStep: term('/bizStep'),
  disposition,
  readPoint: place,
  bizLocation: place,
  bizTransactionList: list(object({ bizTransaction: uri }, { type: term('bizTransactionList/type') }, false)),
  sourceList: list(object({ type: term('sourceList/type'), source: uri }, {}, false)),
  destinationList: list(object({ type: term('destinationList/type'), destination: uri }, {}, false)),
  sensorElementList: list(sensorElement),
};
const dispositions = list(disposition, { least: 1, unique: true });
const setOrUnset = object({}, { set: dispositions, unset: dispositions }, false);
const persistentDisposition: typeof setOrUnset = (json, path, faults) => {
  const read = setOrUnset(json, path, faults);
  if (read === undefined || read.set !== undefined || read.unset !== undefined) return read;
  faults.push({ path, problem: 'set or unset is missing' });
  return undefined;
};
const persistent = { persistentDisposition };
const epcs = list(uri, { unique: true });
const quantities = list(quantity);
const action = oneOf('OBSERVE', 'ADD', 'DELETE');

export const objectEvent = object(
  { type: oneOf('ObjectEvent'), ...required, action },
  { ...common, ...persistent, epcList: epcs, quantityList: quantities, ilmd },
  true,
);
const children = { childEPCs: list(uri), childQuantityList: quantities };
export const aggregationEvent = object(
  { type: oneOf('AggregationEvent'), ...required, action },
  { ...common, parentID: uri, ...children },
  true,
);
export const associationEvent = object(
  { type: oneOf('AssociationEvent'), ...required, action, parentID: uri },
  { ...common, ...children },
  true,
);
const { bizTransactionList, ...withoutTransactions } = common;
export const transactionEvent = object(
  { type: oneOf('TransactionEvent'), ...required, action, bizTransactionList },
  { ...withoutTransactions, parentID: uri, epcList: list(uri), quantityList: quantities },
  true,
);
export const transformationEvent = object(
  { type: oneOf('TransformationEvent'), ...required },
  {
    ...common,
    ...persistent,
    inputEPCList: epcs,
    inputQuantityList: quantities,
    outputEPCList: epcs,
    outputQuantityList: quantities,
    transformationID: uri,
    ilmd,
  },
  true,
);

export type ObjectEvent = Shaped<typeof objectEvent>;
export type AggregationEvent = Shaped<typeof aggregationEvent>;
export type AssociationEvent = Shaped<typeof associationEvent>;
export type TransactionEvent = Shaped<typeof transactionEvent>;
export type TransformationEvent = Shaped<typeof transformationEvent>;
export type EpcisEvent =
  ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent | TransformationEvent;
