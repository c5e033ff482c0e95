export { traceScenario, type TraceLine } from './counter-example/trace.ts';
export type { BrokenState } from './exhaustive/search-block.ts';
export { fuzzStrategy, type FuzzOptions, type FuzzResult } from './fuzz/fuzz.ts';
export { judgeStory, type BrokenStory, type JudgeOptions } from './fuzz/judged-story.ts';
export type { SpaceInvariant } from './fuzz/space-rules.ts';
export { STORY_INVARIANTS } from './fuzz/story-invariants.ts';
export { CALL_INVARIANTS } from './invariants/all.ts';
export type { Finding, Invariant, Severity } from './invariants/invariant.ts';
export { ruleOf, type Rule } from './invariants/rule-of.ts';
export { judgeMutant, type MutantVerdict } from './mutants/judge-mutant.ts';
export { MUTANTS } from './mutants/all.ts';
export type { Mutant, SmallestState } from './mutants/mutant.ts';
export { SCOPES, type Scope, type ScopeName, type Stage } from './scope/scope.ts';
export type { SlotState } from './scope/slot-state.ts';
export type { CheckMachine } from './search/machine.ts';
export { shardTasks, type SearchPlan, type SearchTask, type Shard } from './search/plan.ts';
export { Search } from './search/search.ts';
export { joinResults, NO_RESULT, type BrokenPlace, type TaskResult } from './search/task-result.ts';
export { QUESTIONS } from './questions/all.ts';
export { explain, type Explanation } from './questions/explain.ts';
export type { Question } from './questions/question.ts';
export { fuzzLeafSharing, type SharingFuzzResult } from './leaf-sharing/fuzz.ts';
export type {
  Answer,
  AskedQuestion,
  Fact,
  Figure,
  ModelQuestion,
  OutsideQuestion,
} from './questions/question.ts';
export type { SharingDifference } from './leaf-sharing/compare.ts';
export type { Alphabet } from './scope/slot-state.ts';
export type { Entries, JudgedCall, PageFacts } from './call/judged-call.ts';
export type { CallLog, LoggedCommit, LoggedFlush, LoggedStart } from './call/call-log.ts';
