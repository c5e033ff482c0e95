// From which folio size on batching pays, by machine.
import { COST_MACHINES, costByOrder } from '@ptelab/cost';

const size = (order) => (order === null ? 'never' : `from ${4 * 2 ** order} KiB`);
for (const machine of COST_MACHINES) {
  const { paysFrom } = costByOrder(machine);
  const { variant, than, likely, surely } = paysFrom[0];
  console.log(`${machine.title}: ${variant} beats ${than} ${size(likely)}, surely ${size(surely)}`);
}
