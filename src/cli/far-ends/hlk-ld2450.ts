import { planLd2450 } from '../../devices/hlk-ld2450/plan.ts';
import { radarModel } from '../../devices/hlk-ld2450/simulator.ts';
import { openTalkerEnd } from './talker.ts';
import type { OpenFarEnd } from './port.ts';

export const farLd2450: OpenFarEnd = (order) => openTalkerEnd(order, planLd2450, radarModel);
