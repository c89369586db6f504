import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as answers from './answers.ts';
import { CONDITIONS, MEANINGS, saidBy } from './conditions.ts';
import { encodeEvent, type EventMessage } from './event-message.ts';
import { decodeRequest, encodeRequest, type Request } from './requests.ts';
import { decodeEnvelope, encodeEnvelope, encodeFault, NS } from './soap.ts';
import { readDuration, readTime } from './times.ts';
import { element } from './xml-writer.ts';
import type { XmlElement } from '../../domain/xml.ts';

/** The XML below it has its own (domain/xml.test.ts). */
const FUZZ = Number(process.env['BAILEE_FUZZ'] ?? 300);

function over(body: XmlElement): XmlElement {
  const envelope = decodeEnvelope(encodeEnvelope(body));
  if (envelope.kind !== 'body') throw new Error(JSON.stringify(envelope));
  return envelope.body;
}

/** A body as some camera writes it, with its own prefixes. */
function bodyOf(xml: string): XmlElement {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="${NS.s}" xmlns:wsnt="${NS.wsnt}" xmlns:tt="${NS.tt}" xmlns:tev="${NS.tev}"
 xmlns:tds="${NS.tds}" xmlns:trt="${NS.trt}" xmlns:wsa5="${NS.wsa}" xmlns:tns1="${NS.tns1}" xmlns:tnsaxis="http://www.axis.com/2009/event/topics">
<SOAP-ENV:Body>${xml}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
  const envelope = decodeEnvelope(new TextEncoder().encode(text));
  if (envelope.kind !== 'body') throw new Error(JSON.stringify(envelope));
  return envelope.body;
}

function pulled(notifications: string): answers.Pulled | null {
  return answers.decodePulled(
    bodyOf(`<tev:PullMessagesResponse><tev:CurrentTime>2026-11-22T01:02:03Z</tev:CurrentTime>
      <tev:TerminationTime>2026-11-22T01:03:03Z</tev:TerminationTime>${notifications}</tev:PullMessagesResponse>`),
  );
}

describe('requests', () => {
  const requests: Request[] = [
    { op: 'GetSystemDateAndTime' },
    { op: 'GetServices' },
    { op: 'GetCapabilities' },
    { op: 'GetProfiles', version: 1 },
    { op: 'GetProfiles', version: 2 },
    { op: 'GetSnapshotUri', version: 1, profile: 'Profile "1" & <2>' },
    { op: 'GetSnapshotUri', version: 2, profile: 'p' },
    { op: 'CreatePullPointSubscription', leaseMs: 60_000 },
    { op: 'CreatePullPointSubscription', until: Date.UTC(2026, 10, 24, 1, 2, 3) },
    { op: 'PullMessages', timeoutMs: 15_000, limit: 100 },
    { op: 'Renew', leaseMs: 120_000 },
    { op: 'Renew', until: Date.UTC(2026, 10, 24, 1, 2, 3) },
    { op: 'SetSynchronizationPoint' },
    { op: 'Unsubscribe' },
  ];
  it.each(requests)('are read as they were written: $op', (request) => {
    expect(decodeRequest(over(encodeRequest(request)))).toEqual(request);
  });

  it('that are not known, or lack what they need, are none', () => {
    expect(decodeRequest(element(NS.tds, 'SystemReboot'))).toBeNull();
    expect(decodeRequest(element(NS.trt, 'GetServices'))).toBeNull();
    expect(decodeRequest(element(NS.wsnt, 'Renew'))).toBeNull();
    expect(decodeRequest(element(NS.tev, 'PullMessages', [element(NS.tev, 'Timeout', 'PT1S')]))).toBeNull();
  });
});

describe('answers', () => {
  it('are read as they were written', () => {
    const now = Date.UTC(2026, 10, 24, 7, 8, 9);
    expect(answers.decodeClock(over(answers.encodeClock(now)))).toBe(now);
    const services = { events: 'http://c/e', media: null, media2: 'http://c/m2' };
    expect(answers.decodeServices(over(answers.encodeServices(services)))).toEqual(services);
    expect(answers.decodeCapabilities(over(answers.encodeCapabilities(services)))).toEqual({
      ...services,
      media2: null,
    });
    const profiles = [
      { token: 'a', hasEncoder: false },
      { token: 'b', hasEncoder: true },
    ];
    for (const version of [1, 2] as const) {
      expect(answers.decodeProfiles(over(answers.encodeProfiles(profiles, version)))).toEqual(profiles);
      const uri = 'http://c/s?a=1&b=2';
      expect(answers.decodeSnapshotUri(over(answers.encodeSnapshotUri(uri, version)))).toBe(uri);
    }
    expect(answers.decodeLease(over(answers.encodeRenewed(60_000, now)))).toBe(60_000);
    // A camera of this kind wants its own header in every call to the pull point.
    const headers = [element('http://dom0', 'SubscriptionId', '17', { '{urn:x}k': 'v' })];
    const point = { address: 'http://c/p', headers, leaseMs: 60_000 };
    expect(answers.decodeSubscription(over(answers.encodeSubscription(point, now)))).toEqual(point);
  });

  it('that are another answer are none', () => {
    const other = element(NS.tds, 'GetServicesResponse');
    expect(answers.decodeClock(other)).toBeNull();
    expect(answers.decodeServices(other)).toEqual({ events: null, media: null, media2: null });
    expect(answers.decodeSubscription(other)).toBeNull();
    expect(answers.decodePulled(other)).toBeNull();
    expect(answers.decodeSnapshotUri(other)).toBeNull();
    expect(answers.decodeLease(other)).toBeNull();
  });

  it('say by a fault what is wrong', () => {
    expect(decodeEnvelope(encodeFault('NotAuthorized', 'no'))).toEqual({
      kind: 'fault',
      code: 'NotAuthorized',
      reason: 'no',
    });
    expect(decodeEnvelope(new TextEncoder().encode('<html/>'))).toEqual({
      kind: 'none',
      why: 'html is no SOAP 1.2',
    });
  });

  it('have times as XML Schema writes them', () => {
    expect(
      ['PT60S', 'PT1H2M', 'P1DT1S', 'PT0.5S', 'PT', 'P', '60', 'PT-1S', 'PT60S '].map(readDuration),
    ).toEqual([60_000, 3_720_000, 86_401_000, 0, null, null, null, null, null]);
    const at = Date.UTC(2026, 10, 22, 1, 2, 3);
    expect(
      ['2026-11-22T01:02:03Z', '2026-11-22T01:02:03', '2026-11-22T09:02:03.123456+08:00'].map(readTime),
    ).toEqual([at, at, at + 123]);
    expect(['2026-13-22T01:02:03Z', '22.11.2026', '', '1969-12-31T23:59:59Z'].map(readTime)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('events', () => {
  it('of a camera that says what its video source sees', () => {
    expect(
      pulled(`<wsnt:NotificationMessage><wsnt:Topic>tns1:VideoSource/MotionAlarm</wsnt:Topic><wsnt:Message>
<tt:Message UtcTime="2026-11-22T01:02:03Z" PropertyOperation="Changed"><tt:Source><tt:SimpleItem Name="Source" Value="VideoSource_1"/></tt:Source>
<tt:Data><tt:SimpleItem Name="State" Value="true"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`),
    ).toEqual({
      events: [
        {
          topic: 'VideoSource/MotionAlarm',
          at: Date.UTC(2026, 10, 22, 1, 2, 3),
          operation: 'Changed',
          source: new Map([['Source', 'VideoSource_1']]),
          data: new Map([['State', 'true']]),
        },
      ],
      refused: [],
      leaseMs: 60_000,
    });
  });

  it.each([
    ['motion', true, 'tns1:RuleEngine/CellMotionDetector/Motion', 'Changed', 'Name="IsMotion" Value="1"'],
    [
      'motion',
      false,
      'tns1:RuleEngine/CellMotionDetector/Motion',
      'Initialized',
      'Name="IsMotion" Value="false"',
    ],
    ['line-crossing', 'happened', 'tns1:RuleEngine/LineDetector/Crossed', '', 'Name="ObjectId" Value="15"'],
    [
      'line-crossing',
      false,
      'tns1:RuleEngine/LineDetector/Crossed',
      'Initialized',
      'Name="ObjectId" Value="0"',
    ],
    ['line-crossing', true, 'tns1:RuleEngine/LineDetector/Crossed', 'Changed', 'Name="State" Value="true"'],
    [
      'intrusion',
      true,
      'tns1:RuleEngine/FieldDetector/ObjectsInside',
      'Changed',
      'Name="IsInside" Value="true"',
    ],
    ['tamper', true, 'tns1:RuleEngine/TamperDetector/Tamper', 'Changed', 'Name="IsTamper" Value="true"'],
    [
      'tamper',
      true,
      'tns1:VideoSource/GlobalSceneChange/ImagingService',
      'Changed',
      'Name="State" Value="true"',
    ],
    [
      'digital-input',
      true,
      'tns1:Device/Trigger/DigitalInput',
      'Changed',
      'Name="LogicalState" Value="true"',
    ],
    ['digital-input', false, 'tns1:Device/tnsaxis:IO/Port', 'Changed', 'Name="state" Value="0"'],
    ['motion', true, 'tns1:Device/tnsaxis:Sensor/PIR', 'Changed', 'Name="state" Value="1"'],
    [
      'line-crossing',
      false,
      'tnsaxis:CameraApplicationPlatform/FenceGuard/Camera1Profile1',
      'Initialized',
      'Name="active" Value="0"',
    ],
    ['motion', 'gone', 'tns1:VideoSource/MotionAlarm', 'Deleted', 'Name="State" Value="true"'],
    ['motion', 'nonsense', 'tns1:VideoSource/MotionAlarm', 'Changed', 'Name="State" Value="maybe"'],
    ['motion', 'nonsense', 'tns1:VideoSource/MotionAlarm', 'Changed', 'Name="Status" Value="true"'],
    ['motion', null, 'tns1:VideoSource/MotionAlarms', 'Changed', 'Name="State" Value="true"'],
  ] as const)('mean %s %s', (condition, said, topic, operation, item) => {
    const property = operation === '' ? '' : ` PropertyOperation="${operation}"`;
    const found =
      pulled(`<wsnt:NotificationMessage><wsnt:Topic Dialect="x">${topic}</wsnt:Topic><wsnt:Message>
<tt:Message UtcTime="2026-11-22T01:02:03Z"${property}><tt:Source><tt:SimpleItem Name="Rule" Value="R"/></tt:Source>
<tt:Data><tt:SimpleItem ${item}/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`);
    const [event] = found?.events ?? [];
    if (event === undefined) throw new Error(JSON.stringify(found));
    expect(saidBy(event, MEANINGS[condition])).toBe(said);
    for (const other of CONDITIONS.filter((c) => c !== condition))
      expect(saidBy(event, MEANINGS[other])).toBeNull();
  });

  it('that are none are told, and those beside them are read', () => {
    const good = encodeEvent({ topic: 'A/B', at: 1000, operation: null, source: new Map(), data: new Map() });
    const body = element(NS.tev, 'PullMessagesResponse', [
      element(NS.wsnt, 'NotificationMessage', [element(NS.wsnt, 'Topic', 'tns1:A')]),
      good,
      element(NS.wsnt, 'NotificationMessage'),
    ]);
    const found = answers.decodePulled(over(body));
    expect(found?.events).toHaveLength(1);
    expect(found?.refused).toEqual(['no message with topic tns1:A', 'a notification without a topic']);
  });

  it('are read as they were written', () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .map((t) => t.replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '').trim());
    const items = fc.array(fc.tuple(word, word), { maxLength: 4 }).map((entries) => new Map(entries));
    const event: fc.Arbitrary<EventMessage> = fc.record({
      topic: fc.stringMatching(/^[A-Za-z]{1,9}(\/[A-Za-z]{1,9}){0,3}$/),
      at: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 4e12 })),
      operation: fc.constantFrom(null, 'Initialized', 'Changed', 'Deleted'),
      source: items,
      data: items,
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (events) => {
        expect(answers.decodePulled(over(answers.encodePulled(events, 1000, 5000)))).toEqual({
          events,
          refused: [],
          leaseMs: 1000,
        });
      }),
      { numRuns: FUZZ },
    );
  });
});
