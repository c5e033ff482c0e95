import {
  merged,
  mergedRc1,
  perPte,
  seriesV3,
  singleFastPath,
  type Strategy,
} from '@ptelab/mprotect';
import { formatScenario, parseOpLine, parseScenario } from '@ptelab/scenario';
import { describe, expect, it } from 'vitest';
import { fuzzStrategy } from './fuzz.ts';
import type { CheckMachine } from '../search/machine.ts';
import { judgeStory, type BrokenStory, type JudgeOptions } from './judged-story.ts';

const X86 = { arch: 'x86-64', kernel: '7.3' } as const;
const ARM = { arch: 'arm64', kernel: '7.3' } as const;

function judge(
  lines: readonly string[],
  ...[strategy, machine, options]: [Strategy, CheckMachine, JudgeOptions]
): BrokenStory | null {
  return judgeStory(lines.map(parseOpLine), strategy, machine, options);
}

describe('fuzzing', () => {
  it('finds nothing wrong with what is right', () => {
    for (const machine of [X86, ARM]) {
      for (const strategy of [perPte, merged, singleFastPath]) {
        const { counterExample, stories } = fuzzStrategy(strategy, machine, { runs: 150, seed: 7 });
        expect(counterExample).toBeNull();
        expect(stories).toBe(150);
      }
    }
  });

  const missed = fuzzStrategy(seriesV3, X86, { runs: 4000, seed: 1 });

  it('finds missed flushes, and shrinks the story to what is needed', () => {
    const { counterExample } = missed;
    expect(counterExample?.broken.finding.invariant).toBe('flush-coverage');
    expect(counterExample?.scenario.steps.length).toBeLessThan(10);
  });

  it('tells the story as a scenario that can be written down', () => {
    const { scenario } = missed.counterExample!;
    const read = parseScenario(formatScenario(scenario), 'x.yaml');
    expect(read.steps.map(({ operation }) => operation)).toEqual(
      scenario.steps.map(({ operation }) => operation),
    );
  });

  it('tries the same stories for the same seed', () => {
    expect(fuzzStrategy(seriesV3, X86, { runs: 4000, seed: 1 })).toEqual(missed);
  });
});

describe('a judged story', () => {
  it('shows the bug of 6.17-rc1: a page that a child shares becomes writable', () => {
    const story = [
      'thp 64 always',
      'mmap 0 16 rw anon',
      'w 0 16',
      'madvise 0 1 DONTFORK',
      'fork a',
      'mprotect 1 1 r',
      'mprotect 1 1 rw',
    ];
    const broken = judge(story, mergedRc1, X86, { tlb: 'block' });
    expect([broken?.step, broken?.finding.invariant]).toEqual([6, 'exclusive-writable']);
    expect(judge(story, merged, X86, { tlb: 'block' })).toBeNull();
  });

  it('notices soft-dirty VMAs that are lost when they merge, where the release should keep them', () => {
    const story = ['mmap 1 1 r anon', 'clear_refs 4', 'mmap 0 1 rw anon', 'mprotect 1 1 rw'];
    const lost = judge(story, merged, X86, { tlb: 'page', features: { stickyVmaFlags: false } });
    expect(lost?.finding.invariant).toBe('soft-dirty-reported');
    expect(judge(story, merged, X86, { tlb: 'page' })).toBeNull();
    expect(judge(story, merged, { arch: 'x86-64', kernel: '6.18' }, { tlb: 'page' })).toBeNull();
  });

  it('blames a strategy that throws', () => {
    const broken = judge(
      ['mmap 0 1 rw anon', 'w 0 1', 'mprotect 0 1 r'],
      {
        ...merged,
        changePresentPtes() {
          throw new Error('lost my way');
        },
      },
      ARM,
      { tlb: 'page' },
    );
    expect(broken).toMatchObject({ step: 2, finding: { invariant: 'contract' } });
    expect(broken?.finding.text).toContain('lost my way');
  });
});
