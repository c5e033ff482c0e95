import { PARAMETER_MEANING, PARAMETER_NAMES, type CostMachine } from '@ptelab/cost';
import { Page } from '../text/page.ts';
import { settings, type RenderOptions } from '../text/style.ts';
import { figure, range } from './figures.ts';

/** Lists machines that have prices, and how many of them anybody measured. */
export function renderMachines(
  machines: readonly CostMachine[],
  options: RenderOptions = {},
): string {
  const page = new Page(settings(options));
  page.heading('Machines with prices', 1);
  page.table({
    columns: [
      { title: 'machine' },
      { title: '' },
      { title: 'arch' },
      { title: 'GHz', align: 'right' },
      { title: 'fitted', align: 'right' },
      { title: 'measured', align: 'right' },
      { title: 'tied', align: 'right' },
      { title: 'estimates', align: 'right' },
    ],
    rows: machines.map(({ id, title, arch, ghz, parameters }) => {
      const count = (kind: string): string =>
        String(Object.values(parameters).filter((parameter) => parameter.kind === kind).length);
      const kinds = ['fitted', 'measured', 'tied', 'estimate'].map(count);
      return [id, title, arch, String(ghz), ...kinds];
    }),
  });
  return page.toString();
}

/** Writes the prices of a machine: each with its range and where it comes from. */
export function renderMachine(machine: CostMachine, options: RenderOptions = {}): string {
  const page = new Page(settings(options));
  page.heading(`${machine.id}: ${machine.title}`, 1);
  page.paragraph(`${machine.arch}, ${String(machine.ghz)} GHz. ${machine.note}`);
  page.table({
    columns: [
      { title: 'price' },
      { title: 'ns', align: 'right' },
      { title: 'range', align: 'right' },
      { title: 'kind' },
      { title: 'source' },
    ],
    rows: PARAMETER_NAMES.flatMap((name) => {
      const parameter = machine.parameters[name];
      if (parameter === undefined) return [];
      const { kind, value, tie, source } = parameter;
      const from = tie === undefined ? source : `${figure(tie.factor)} x ${tie.to}: ${source}`;
      return [[name, figure(value), range(parameter), kind, from]];
    }),
  });
  page.lines(
    PARAMETER_NAMES.filter((name) => machine.parameters[name] !== undefined).map(
      (name) => `${name}: ${PARAMETER_MEANING[name]}`,
    ),
    'quiet',
  );
  return page.toString();
}
