// Every package, from CommonJS: Node 20.19 and later can require ES modules.
const { dependencies } = require('./package.json');

for (const name of [...Object.keys(dependencies), '@ptelab/kernel/formats']) {
  console.log(`${name}: ${Object.keys(require(name)).length} exports`);
}

const { arm64, makePte, rawHex, ARM64_PROT } = require('@ptelab/pte');
const pte = makePte();
arm64({ kernel: '7.3' }).pfnPte(0x12340, ARM64_PROT.READONLY, pte);
console.log(rawHex(pte));
