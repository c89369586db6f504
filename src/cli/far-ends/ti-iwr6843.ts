import { planIwr6843 } from '../../devices/ti-iwr6843/plan.ts';
import { radarModel } from '../../devices/ti-iwr6843/simulator.ts';
import { openTalkerEnd } from './talker.ts';
import type { OpenFarEnd } from './port.ts';

export const farIwr6843: OpenFarEnd = (order) => openTalkerEnd(order, planIwr6843, radarModel);
