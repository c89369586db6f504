import type { JsonObject } from '../../domain/strict-json.ts';

/** The values in binary bytes as the JSON a codec at the network server would have made, or why not. */
export type Decoded = JsonObject | string;
