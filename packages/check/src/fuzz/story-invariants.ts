import { SOFT_DIRTY_REPORTED } from './soft-dirty-rule.ts';
import { ERROR_KEEPS_PREFIX, NO_CHANGE_NO_WALK } from './syscall-rules.ts';
import { ONE_WRITER, type SpaceInvariant } from './space-rules.ts';

/** The rules that stories are judged by, beside those of single calls and of the TLB. */
export const STORY_INVARIANTS: readonly SpaceInvariant[] = [
  ONE_WRITER,
  SOFT_DIRTY_REPORTED,
  NO_CHANGE_NO_WALK,
  ERROR_KEEPS_PREFIX,
];
