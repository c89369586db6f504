import { describe, expect, it } from 'vitest';
import { GoodsVerb, RecordType } from '../domain/record.ts';
import { HOUR, MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

const RANGE = { quantity: 'temperature', min: 2, max: 8, unit: 'Cel', allowedMs: 0 };

/** A temperature, tenths of a degree, then so much time, told each minute. */
function warm(story: Story, tenths: number, ms: number): void {
  for (let at = 0; at < ms; at += MINUTE) {
    story.put(4, RecordType.reading, [tenths, 0]);
    story.after(MINUTE);
  }
}

describe('exposure', () => {
  it('counts one hour at 9 °C as one excursion of an hour, with least, greatest and mean kinetic temperature', () => {
    const story = new Story().begin({ range: RANGE });
    warm(story, 50, 12 * HOUR);
    warm(story, 90, HOUR);
    warm(story, 50, 11 * HOUR);
    expect(story.exposures.of(RECEIPT, story.t)).toEqual({
      outsideMs: HOUR,
      allowedMs: 0,
      excursions: 1,
      isOutside: false,
      min: 5,
      max: 9,
      // 10,000 / -ln((23 e^(-10,000/278.15) + e^(-10,000/282.15)) / 24) - 273.15 = 5.2115
      mkt: 521,
      missingMs: 0,
    });
  });

  it('counts what no reading covers as missing, and does not end an excursion by it', () => {
    const story = new Story().begin({ range: RANGE });
    story.put(4, RecordType.reading, [95, 0]);
    story.after(HOUR).put(4, RecordType.reading, [95, 0]);
    story.after(MINUTE);
    expect(story.exposures.of(RECEIPT, story.t)).toMatchObject({
      outsideMs: 4 * MINUTE,
      missingMs: 57 * MINUTE,
      excursions: 1,
      isOutside: true,
    });
  });

  it('leaves out what cannot be used, and knows nothing before the first reading', () => {
    const story = new Story().begin({ range: RANGE });
    story.put(4, RecordType.reading, [990, 2]);
    story.put(4, RecordType.reading, [null, 0]);
    story.after(MINUTE);
    expect(story.exposures.of(RECEIPT, story.t)).toMatchObject({
      outsideMs: 0,
      max: null,
      mkt: null,
      missingMs: MINUTE,
    });
  });

  it('follows goods that move as a whole: what they went through stays, and counts anew where they are', () => {
    const story = new Story().begin({ range: RANGE });
    warm(story, 95, 10 * MINUTE);
    story.put(0, RecordType.goods, [GoodsVerb.moved, 'lot-1', null, 'truck']);
    story.after(5 * MINUTE);
    expect(story.exposures.of(RECEIPT, story.t)).toMatchObject({
      outsideMs: 10 * MINUTE,
      missingMs: 5 * MINUTE,
    });
    expect(story.exposures.here(RECEIPT, story.t)).toMatchObject({
      outsideMs: 0,
      missingMs: 5 * MINUTE,
      max: null,
    });
  });

  it('is none for a receipt without a range', () => {
    const story = new Story().begin();
    expect(story.exposures.of(RECEIPT, T0)).toBeNull();
  });
});
