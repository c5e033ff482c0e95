import { merged } from '@ptelab/mprotect';
import { createMachine, parseOpLine, Story, type MprotectOp } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { MprotectJudge } from './syscall-rules.ts';

const SPEC = { arch: 'x86-64', kernel: '7.3' } as const;

/**
 * Judges `claimed` although `made` is what happens.
 *
 *      page   0       4       8      12
 *             |  rw   |       |  rw  |        written
 */
function judge(claimed: string, made: string): string | undefined {
  const story = new Story(createMachine(SPEC, merged));
  for (const line of ['mmap 0 4 rw anon', 'mmap 8 4 rw anon', 'w 0 4', 'w 8 4']) {
    story.apply(parseOpLine(line));
  }
  const call = new MprotectJudge(story.mm, parseOpLine(claimed) as MprotectOp);
  story.apply(parseOpLine(made));
  return call.judge(true)?.invariant;
}

describe('an mprotect of a story', () => {
  it.each([
    'mprotect 0 4 r',
    'mprotect 0 12 r',
    'mprotect 2 8 none',
    'mprotect 0 4 rw',
    'mprotect 4 4 r',
  ])('%s is as it must be', (line) => {
    expect(judge(line, line)).toBeUndefined();
  });

  it('may not walk if nothing changes', () => {
    expect(judge('mprotect 0 4 rw', 'mprotect 0 4 r')).toBe('no-change-no-walk');
  });

  it('must have changed what lies before a hole', () => {
    expect(judge('mprotect 0 12 r', 'mprotect 0 2 r')).toBe('error-keeps-prefix');
  });

  it('may not have changed what lies behind a hole', () => {
    expect(judge('mprotect 2 10 rw', 'mprotect 8 4 r')).toBe('no-change-no-walk');
    expect(judge('mprotect 4 8 r', 'mprotect 8 4 r')).toBe('error-keeps-prefix');
  });
});
