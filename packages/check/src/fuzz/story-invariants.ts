import { SOFT_DIRTY_REPORTED } from './soft-dirty-rule.ts';
import { ONE_WRITER, type SpaceInvariant } from './space-rules.ts';

/** The rules that stories are judged by, beside those of single calls and of the TLB. */
export const STORY_INVARIANTS: readonly SpaceInvariant[] = [ONE_WRITER, SOFT_DIRTY_REPORTED];
