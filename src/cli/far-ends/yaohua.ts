import { planYaohua } from '../../devices/yaohua/plan.ts';
import { yaohuaModel } from '../../devices/yaohua/simulator.ts';
import { openTalkerEnd } from './talker.ts';
import type { OpenFarEnd } from './port.ts';

export const farYaohua: OpenFarEnd = (order) => openTalkerEnd(order, planYaohua, yaohuaModel);
