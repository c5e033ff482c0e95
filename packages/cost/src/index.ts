export { type Cost, type CostPart, type CostPartName } from './cost.ts';
export { type Interval } from './interval.ts';
