import { planToledo } from '../../devices/toledo/plan.ts';
import { toledoModel } from '../../devices/toledo/simulator.ts';
import { openTalkerEnd } from './talker.ts';
import type { OpenFarEnd } from './port.ts';

export const farToledo: OpenFarEnd = (order) => openTalkerEnd(order, planToledo, toledoModel);
