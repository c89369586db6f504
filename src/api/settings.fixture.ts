import type { ApiSettings } from './port.ts';

/** On a free port of this machine, without a page. */
export const SETTINGS: ApiSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: null,
  hosts: ['127.0.0.1', 'localhost', '[::1]'],
  pageFolder: null,
  heartbeatMs: 100,
  publicTlog: false,
};
