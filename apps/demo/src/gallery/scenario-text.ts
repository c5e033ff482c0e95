/** Scenarios of the repository that the gallery shows. */
const TEXTS = import.meta.glob<string>(
  [
    '../../../../scenarios/basics/mixed-folios.yaml',
    '../../../../scenarios/cover-letter/*.yaml',
    '../../../../scenarios/findings/contpte-erosion.yaml',
    '../../../../scenarios/findings/soft-dirty-spread.yaml',
    '../../../../scenarios/questions/q04-second-vma.yaml',
    '../../../../scenarios/questions/q10-alternating.yaml',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** A story without the line that tells editors of files where its schema is. */
export function withoutSchemaLine(text: string): string {
  return text.replace(/^# yaml-language-server: .*\n/, '');
}

/**
 * The text of a scenario, by its name in the folder of scenarios.
 *
 * @throws RangeError if it is none of the gallery's.
 */
export function scenarioText(name: string): string {
  const text = TEXTS[`../../../../scenarios/${name}.yaml`];
  if (text === undefined) throw new RangeError(`the gallery has no scenario ${name}`);
  return withoutSchemaLine(text);
}
