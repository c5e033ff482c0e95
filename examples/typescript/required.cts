// CommonJS may require the packages where Node can require ES modules.
import pte = require('@ptelab/pte');

const arch: pte.Arch = pte.arm64({ kernel: '7.3' });
console.log('required:', arch.ptesPerTable, 'entries in a table');
