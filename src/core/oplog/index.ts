/** The operational log: what other folders may use of it. */
export { createOplog, type Level, type Notify } from './oplog.ts';
