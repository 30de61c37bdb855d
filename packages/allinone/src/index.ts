export { startLab } from './lab/lab.ts';
export type { RunningLab } from './lab/lab.ts';
export type { LabOptions } from './lab/lab-options.ts';
export { describeLab } from './lab/lab-summary.ts';
export { startServerProcess } from './processes/server-process.ts';
export type { RunningProcess } from './processes/process-parts.ts';
