// A question of the patch review, answered by runs; then a known mistake, and the rule that finds it.
import { explain, judgeMutant, MUTANTS, QUESTIONS } from '@ptelab/check';

const { title, claim, facts } = explain(QUESTIONS.find(({ id }) => id === 'Q1'));
console.log(title);
console.log(claim);
console.log(`${facts.filter(({ held }) => held).length} of ${facts.length} facts hold`);

const { id, verdict, by, where } = judgeMutant(MUTANTS[0]);
console.log(`mutant ${id}: ${verdict} by ${by}, in ${where}`);
