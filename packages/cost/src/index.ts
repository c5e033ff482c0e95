export { breakEven, type BreakEven } from './break-even/break-even.ts';
export { costByOrder, type OrderCosts, type PaysFrom } from './break-even/orders.ts';
export type { CostPoint, CostSeries } from './break-even/series.ts';
export {
  costBySkipping,
  type SkippingCosts,
  type SkippingRatio,
  type SkippingShare,
} from './break-even/shares.ts';
export { costOfSinglePages, type SinglePageCost } from './break-even/single-pages.ts';
export { type Cost, type CostPart, type CostPartName } from './cost.ts';
export { fitMachine, type FittedValue } from './fit/fit-machine.ts';
export { predictTimes } from './fit/predict-times.ts';
export { type Interval } from './interval.ts';
export {
  assessInstructionKernels,
  type AssessedCall,
  type InstructionAssessment,
  type InstructionErrors,
} from './instructions/assess.ts';
export type { InstructionPart } from './instructions/features.ts';
export { fitInstructionKernels } from './instructions/fit.ts';
export {
  INSTRUCTION_KERNELS,
  instructionPrices,
  predictInstructions,
  type InstructionPrediction,
  type InstructionPrices,
} from './instructions/predict.ts';
export type { InstructionSample } from './instructions/sample.ts';
export { INSTRUCTION_BOUNDS } from './instructions/split.ts';
export { parameterOf, type CostMachine } from './machine.ts';
export { COST_MACHINES, findCostMachine } from './machines/machines.ts';
export {
  PARAMETER_MEANING,
  PARAMETER_NAMES,
  type CostParameter,
  type ParameterKind,
  type ParameterName,
} from './parameter.ts';
export { commitPathOf, type CommitPath, type CostContext } from './price/context.ts';
export { contextOfMachine, type RanOn } from './price/context-of-machine.ts';
export { costOfRun, type RunCostOptions, type StepCost } from './price/cost-of-run.ts';
export { COST_PARTS, priceOfEvents } from './price/price-of-events.ts';
export type {
  PublishedRow,
  PublishedTable,
  RowUse,
  TimeSum,
  UnmodelledRow,
  Weighted,
} from './published/row.ts';
export { PUBLISHED_TABLES } from './published/tables.ts';
export { UNMODELLED } from './published/unmodelled.ts';
export {
  TOLERANCE,
  unexplainedRows,
  validateTables,
  type ValidatedRow,
  type ValidatedTable,
} from './validate/validate.ts';
export type { CycleProt, Layout, Probe, Workload } from './workload/workload.ts';
