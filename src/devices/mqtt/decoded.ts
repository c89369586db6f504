import type { JsonObject } from '../../domain/strict-json.ts';

/** The values in binary bytes as the JSON a codec at the network server would have made, or why not; empty where a known message has none. */
export type Decoded = JsonObject | string;
