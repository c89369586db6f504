/** The log that the command line opens for the gateway: it may not reach into `ops` itself. */
export { openLog } from '../../ops/log.ts';
