import { outsideQuestion, type OutsideQuestion } from './question.ts';

/** Q16 of the review: what the compiler is told. */
export const q16: OutsideQuestion = outsideQuestion({
  id: 'Q16',
  title: 'Which of the functions should be inlined?',
  asked:
    'Pedro Falcato forced some in line and kept one out; Lorenzo Stoakes found that delicate and fragile; later versions call one function with a literal 1, which the compiler turns into a second one.',
  settled: '7.1: change_present_ptes() with a literal 1 for single entries.',
  why: 'code size, calls and mispredicted branches belong to a compiler and a CPU; every variant makes the same accesses in the same order (Q11 counts them)',
});

/** Q17 of the review: a hint to the compiler. */
export const q17: OutsideQuestion = outsideQuestion({
  id: 'Q17',
  title: 'Is likely(nr == 1) unfair to large folios?',
  asked:
    'Davidlohr Bueso asked for figures of the other case; he was pointed to the measurements of the series.',
  settled: 'Kept.',
  why: 'a hint moves code and changes no access; only a measurement tells what the other arm costs',
});

/** Q25 of the review: names. */
export const q25: OutsideQuestion = outsideQuestion({
  id: 'Q25',
  title: 'What should the functions be called?',
  asked:
    'mprotect_batch became mprotect_folio_pte_batch; other names were offered and not taken; page_anon_exclusive_sub_batch lost its “sub” in 7.3.',
  settled: 'As they are.',
  why: 'names have no behaviour',
});
