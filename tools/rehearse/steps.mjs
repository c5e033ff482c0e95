const indent = (text) => text.trimEnd().replaceAll(/^(?=.)/gm, '  ');

/** Carries steps out one by one, prints what each has to show, and keeps how it went. */
export class Steps {
  /** @type {{ name: string, result: 'ok' | 'failed', note: string, seconds: number }[]} */
  #done = [];

  /**
   * Carries a step out. It fails by throwing; later steps go on.
   *
   * @param {string} name
   * @param {() => Promise<{ note: string, shown?: string }>} step - `note` is for the summary, `shown` is printed.
   * @returns {Promise<boolean>} whether it has not failed.
   */
  async take(name, step) {
    console.log(`\n== ${name}\n`);
    const start = performance.now();
    const [result, note] = await step().then(
      ({ note, shown = note }) => {
        console.log(indent(shown));
        return ['ok', note];
      },
      (error) => {
        const text = error instanceof Error ? error.message : String(error);
        console.error(indent(text));
        return ['failed', text.split('\n')[0]];
      },
    );
    const seconds = (performance.now() - start) / 1000;
    this.#done.push({ name, result, note, seconds });
    return result !== 'failed';
  }

  /** Whether a step has failed. */
  get failed() {
    return this.#done.some(({ result }) => result === 'failed');
  }

  /** All steps as a table. */
  summary() {
    const rows = this.#done.map(({ name, result, note, seconds }) => [
      name,
      result,
      `${seconds.toFixed(1)} s`,
      note,
    ]);
    const seconds = this.#done.reduce((sum, step) => sum + step.seconds, 0);
    rows.push(['together', this.failed ? 'failed' : 'ok', `${seconds.toFixed(1)} s`, '']);
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
    return rows
      .map(([name, result, time, note]) =>
        [name.padEnd(widths[0]), result.padEnd(widths[1]), time.padStart(widths[2]), note]
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  }
}
