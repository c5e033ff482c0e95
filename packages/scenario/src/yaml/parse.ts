import * as z from 'zod/mini';
import { StoryCheck } from '../check/story-check.ts';
import { didYouMean } from '../nearest.ts';
import type { Operation } from '../op/operation.ts';
import { ScenarioError, type ScenarioErrorCode } from '../scenario-error.ts';
import type { Expectation, Scenario, ScenarioStep } from '../scenario.ts';
import { expectation, MAY_FAIL, MPROTECT_ONLY, PREDICT_ONLY } from './expect-schema.ts';
import { firstProblem, show, type Path } from './issue.ts';
import { keysOf } from './keys.ts';
import { OP_BODIES, OP_NAMES, PLAIN_OPS, type OpName } from './op-schema.ts';
import { scenarioShape, TOP_KEYS } from './scenario-schema.ts';
import { SourceText } from './source-text.ts';

/** Reads one scenario: knows the text, so that every complaint has a place. */
class Reader {
  readonly #text: SourceText;
  readonly #source: string;
  readonly #story = new StoryCheck();

  constructor(text: string, source: string) {
    this.#text = new SourceText(text, source);
    this.#source = source;
  }

  read(): Scenario {
    const { data } = this.#text;
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      this.#fail(
        'bad-value',
        [],
        `expected a scenario (${TOP_KEYS.join(', ')}), found ${show(data)}`,
      );
    }
    const { name, title, description, tlb, steps } = this.#validate(scenarioShape, data, []);
    return {
      name,
      title: title ?? '',
      description: description ?? '',
      ...(tlb === undefined ? {} : { tlb }),
      steps: steps.map((step, index) => this.#step(step, ['steps', index], tlb !== undefined)),
    };
  }

  #fail(code: ScenarioErrorCode, path: Path, text: string, key = false): never {
    throw new ScenarioError(code, this.#source, this.#text.place(path, key), text);
  }

  /** Checks `value`, which stands at `base`, and returns it as the schema's type. */
  #validate<T>(schema: z.ZodMiniType<T>, value: unknown, base: Path): T {
    const result = z.safeParse(schema, value);
    if (result.success) return result.data;
    const problem = firstProblem(
      result.error.issues,
      value,
      (path) => keysOf(schema, value, path),
      (path) => this.#text.offset([...base, ...path]),
    );
    if (problem === null) throw result.error;
    const onKey = problem.code === 'unknown-key';
    return this.#fail(problem.code, [...base, ...problem.path], problem.text, onKey);
  }

  #step(step: unknown, base: Path, hasTlb: boolean): ScenarioStep {
    const { line } = this.#text.place(base);
    if (typeof step === 'string') {
      const op = PLAIN_OPS.find((name) => name === step);
      if (op === undefined) this.#fail('bad-value', base, expectedStep(step));
      return { operation: { op } as Operation, expect: [], line };
    }
    if (typeof step !== 'object' || step === null || Array.isArray(step)) {
      this.#fail('bad-value', base, expectedStep(step));
    }
    const op = this.#opName(Object.keys(step), base);
    const fields = step as Readonly<Record<string, unknown>>;
    const body = fields[op] ?? (PLAIN_OPS.includes(op) ? {} : null);
    const shape: z.ZodMiniType<object> = OP_BODIES[op];
    const operation = canonical({ op, ...this.#validate(shape, body, [...base, op]) } as Operation);
    const problem = this.#story.step(operation);
    if (problem !== null) this.#fail('bad-story', [...base, op, problem.field], problem.text);
    return {
      operation,
      expect: this.#expectations(fields.expect, op, [...base, 'expect'], hasTlb),
      line,
    };
  }

  #opName(keys: readonly string[], base: Path): OpName {
    const choices: readonly string[] = [...OP_NAMES, 'expect'];
    for (const key of keys) {
      if (choices.includes(key)) continue;
      this.#fail('unknown-key', [...base, key], expectedStep(key), true);
    }
    const [op, second] = keys.flatMap((key) => OP_NAMES.filter((name) => name === key));
    if (op === undefined) this.#fail('missing', base, expectedStep(undefined));
    if (second !== undefined) {
      const text = `expected one operation in a step, found ${op} and ${second}`;
      this.#fail('unknown-key', [...base, second], text, true);
    }
    return op;
  }

  #expectations(value: unknown, op: OpName, base: Path, hasTlb: boolean): readonly Expectation[] {
    if (value === undefined) return [];
    const list = this.#validate(z.array(expectation, { error: 'expectations' }), value, base);
    for (const [index, entry] of list.entries()) {
      if (entry.violations !== undefined && !hasTlb) {
        const text = 'expected violations only in a scenario with tlb: block or page at its top';
        this.#fail('bad-value', [...base, index, 'violations'], text, true);
      }
      if ('error' in entry && !MAY_FAIL.includes(op)) {
        const text = `expected error at one of ${MAY_FAIL.join(', ')} only, found it at ${op}`;
        this.#fail('bad-value', [...base, index, 'error'], text, true);
      }
      this.#only('mprotect', MPROTECT_ONLY, entry, op, [...base, index]);
      this.#only('predict', PREDICT_ONLY, entry, op, [...base, index]);
    }
    return list;
  }

  /** Refuses the fields that steps of one operation can meet where the step is of another. */
  #only(
    meets: OpName,
    fields: readonly (keyof Expectation)[],
    entry: Expectation,
    op: OpName,
    base: Path,
  ): void {
    const field = op === meets ? undefined : fields.find((name) => name in entry);
    if (field === undefined) return;
    const article = meets === 'mprotect' ? 'an' : 'a';
    const text = `expected ${field} at ${article} ${meets} step only, found it at ${op}`;
    this.#fail('bad-value', [...base, field], text, true);
  }
}

/** Spells out what an op line needs in order to say what follows it. */
function canonical(operation: Operation): Operation {
  if (operation.op !== 'dump') return operation;
  const { at, pages, child } = operation;
  const needsPages = child !== undefined && pages === undefined;
  const needsAt = at === undefined && (pages !== undefined || needsPages);
  return { ...operation, ...(needsAt ? { at: 0 } : {}), ...(needsPages ? { pages: 512 } : {}) };
}

function expectedStep(found: unknown): string {
  const hint = typeof found === 'string' ? didYouMean(found, OP_NAMES) : '';
  // The list of all operations helps only somebody who does not know what to look for.
  const choices = hint === '' ? ` (one of ${OP_NAMES.join(', ')})` : '';
  return `expected a step${choices}, found ${show(found)}${hint}`;
}

/**
 * Reads a scenario file.
 *
 * @param source - what messages call the text: a file, or `-`.
 * @throws ScenarioError for the first thing that is wrong.
 */
export function parseScenario(text: string, source: string): Scenario {
  return new Reader(text, source).read();
}
