export { type Cost, type CostPart, type CostPartName } from './cost.ts';
export { type Interval } from './interval.ts';
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
export { costOfRun, type RunCostOptions, type StepCost } from './price/cost-of-run.ts';
export { COST_PARTS, priceOfEvents } from './price/price-of-events.ts';
