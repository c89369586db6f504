import type { EventMessage } from './event-message.ts';

/** What an input of a camera stands for, whatever the maker calls it. */
export const CONDITIONS = [
  'motion',
  'line-crossing',
  'intrusion',
  'person',
  'tamper',
  'digital-input',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Topics without prefixes; one that ends in `/` stands for all below it. `items` hold the state. */
export type Meaning = {
  readonly topic: string;
  readonly items: readonly string[];
  /** It tells that something happened, and no state unless one of `items` is there. */
  readonly isPulse?: boolean;
};

/** Names of ONVIF's imaging and analytics specifications, then those that makers use instead. */
export const MEANINGS: Readonly<Record<Condition, readonly Meaning[]>> = {
  motion: [
    { topic: 'RuleEngine/CellMotionDetector/Motion', items: ['IsMotion'] },
    { topic: 'RuleEngine/MotionRegionDetector/Motion', items: ['State'] },
    { topic: 'VideoSource/MotionAlarm', items: ['State'] },
    { topic: 'VideoAnalytics/Motion', items: ['State', 'IsMotion'] },
    { topic: 'Device/Sensor/PIR', items: ['state'] },
    { topic: 'CameraApplicationPlatform/VMD/', items: ['active'] },
    { topic: 'CameraApplicationPlatform/MotionGuard/', items: ['active'] },
  ],
  'line-crossing': [
    { topic: 'RuleEngine/LineDetector/Crossed', items: ['IsCrossed', 'State'], isPulse: true },
    { topic: 'RuleEngine/CellMotionDetector/LineCross', items: ['IsLineCross'] },
    { topic: 'CameraApplicationPlatform/FenceGuard/', items: ['active'] },
  ],
  intrusion: [
    { topic: 'RuleEngine/FieldDetector/ObjectsInside', items: ['IsInside'] },
    { topic: 'RuleEngine/CellMotionDetector/Intrusion', items: ['IsIntrusion'] },
  ],
  person: [
    { topic: 'RuleEngine/MyRuleDetector/PeopleDetect', items: ['State'] },
    { topic: 'RuleEngine/CellMotionDetector/People', items: ['IsPeople'] },
    { topic: 'RuleEngine/PeopleDetector/People', items: ['IsPeople'] },
  ],
  tamper: [
    { topic: 'RuleEngine/TamperDetector/Tamper', items: ['IsTamper'] },
    { topic: 'RuleEngine/CellMotionDetector/Tamper', items: ['IsTamper'] },
    { topic: 'VideoSource/GlobalSceneChange/', items: ['State'] },
    { topic: 'VideoSource/ImageTooDark/', items: ['State'] },
    { topic: 'VideoSource/ImageTooBright/', items: ['State'] },
    { topic: 'VideoSource/ImageTooBlurry/', items: ['State'] },
    { topic: 'VideoSource/SignalLoss', items: ['State'] },
  ],
  'digital-input': [
    { topic: 'Device/Trigger/DigitalInput', items: ['LogicalState'] },
    { topic: 'Device/IO/Port', items: ['state'] },
  ],
};

/** What an event says of a meaning: a state, that it happened, that its state is gone, or no sense. */
export type Said = boolean | 'happened' | 'gone' | 'nonsense';

/** null for an event of another topic. */
export function saidBy(event: EventMessage, meanings: readonly Meaning[]): Said | null {
  const meaning = meanings.find(({ topic }) =>
    topic.endsWith('/') ? event.topic.startsWith(topic) : event.topic === topic,
  );
  if (meaning === undefined) return null;
  if (event.operation === 'Deleted') return 'gone';
  const item = meaning.items.find((name) => event.data.has(name));
  if (item !== undefined) return booleanOf(event.data.get(item) ?? '') ?? 'nonsense';
  // A line that was crossed by object 17 has no state; what should have one and has none is not guessed.
  if (meaning.isPulse !== true) return 'nonsense';
  return event.operation === 'Initialized' ? false : 'happened';
}

/** xs:boolean. */
function booleanOf(text: string): boolean | null {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}
