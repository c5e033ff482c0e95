// Which way to change protections each release has, and one of your own.
import { defineStrategy, kernelStrategy, perPte, STRATEGIES } from '@ptelab/mprotect';

for (const kernel of ['6.12', '6.17', '7.3']) {
  const { name, source } = kernelStrategy(kernel);
  console.log(`${kernel}: ${name} (${source})`);
}
console.log(`${STRATEGIES.length} strategies in all`);

// Takes entries one by one, as per-pte does, and says which it was asked for.
const telling = defineStrategy({
  name: 'telling',
  summary: 'per-pte, told',
  source: 'an example',
  changePresentPtes(range, index, pte) {
    console.log('entry', index);
    return perPte.changePresentPtes(range, index, pte);
  },
});
console.log(`${telling.name}: ${telling.summary}; version ${telling.apiVersion} of the contract`);
