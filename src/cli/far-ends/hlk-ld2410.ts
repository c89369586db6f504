import { planLd2410 } from '../../devices/hlk-ld2410/plan.ts';
import { radarModel } from '../../devices/hlk-ld2410/simulator.ts';
import { openTalkerEnd } from './talker.ts';
import type { OpenFarEnd } from './port.ts';

export const farLd2410: OpenFarEnd = (order) => openTalkerEnd(order, planLd2410, radarModel);
