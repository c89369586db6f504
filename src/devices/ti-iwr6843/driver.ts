import type { Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { Driver } from '../port.ts';
import { Area } from '../talker/area.ts';
import type { Place } from '../talker/area.ts';
import { connectionOf } from '../talker/connection.ts';
import type { Said } from '../talker/connection.ts';
import { Presence } from '../talker/presence.ts';
import { IWR6843 } from './codec.ts';
import type { Packet } from './codec.ts';
import { planIwr6843 } from './plan.ts';
import type { RadarPlan } from './plan.ts';

/** TI IWR6843: 60 GHz radar with 3-D people tracking. */
export const tiIwr6843: Driver = {
  name: 'ti-iwr6843',
  title: 'TI IWR6843 radar: people counted and followed, areas',
  configure: (raw) => {
    const checked = planIwr6843(raw);
    if (!checked.ok) return checked;
    const plan = checked.value;
    return {
      ok: true,
      value: connectionOf({ ...plan.talker, format: IWR6843, understand: () => understanding(plan) }),
    };
  },
};

function understanding(plan: RadarPlan): (packet: Packet, now: number) => Said {
  const presence = new Presence(0, plan.holdMs);
  const areas = plan.areas.map((area) => ({ name: area.name, area: new Area(area) }));
  const reading = (channel: string, v: number | null): Reading => {
    const stream: StreamId = `${plan.talker.id}/${channel}`;
    return { stream, v, q: 0 };
  };
  return ({ targets }, now) => {
    const places = new Map((targets ?? []).map(({ id, position }) => [id, placeOf(position)]));
    const distances = [...places.values()].map(({ xMm, yMm }) => Math.round(Math.hypot(xMm, yMm)));
    const readings = [
      reading('presence', presence.step(places.size > 0, now) ? 1 : 0),
      reading('targets', places.size),
      reading('nearest', distances.length === 0 ? null : Math.min(...distances)),
    ];
    for (const { name, area } of areas) {
      const { present, entry } = area.step(places, now);
      readings.push(reading(`in-${name}`, present ? 1 : 0), reading(`entry-${name}`, entry));
    }
    return { readings };
  };
}

function placeOf([x = 0, y = 0]: readonly number[]): Place {
  return { xMm: x * 1000, yMm: y * 1000 };
}
