export { type Cost, type CostPart, type CostPartName } from './cost.ts';
export { type Interval } from './interval.ts';
export {
  assessInstructions,
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
