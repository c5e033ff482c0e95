/** Solves a symmetric positive definite system by Cholesky; columns that depend on others get 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const lower = matrix.map((row) => [...row]);
  const at = (i: number, j: number): number => lower[i]?.[j] ?? 0;
  const solution = new Array<number>(n).fill(0);
  const dependent = new Array<boolean>(n).fill(false);
  for (let j = 0; j < n; j++) {
    const row = lower[j] ?? [];
    let pivot = at(j, j);
    for (let k = 0; k < j; k++) pivot -= at(j, k) ** 2;
    dependent[j] = pivot <= 1e-13 * (matrix[j]?.[j] ?? 0);
    row[j] = dependent[j] === true ? 1 : Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let value = at(i, j);
      for (let k = 0; k < j; k++) value -= at(i, k) * at(j, k);
      const below = lower[i] ?? [];
      below[j] = dependent[j] === true ? 0 : value / at(j, j);
    }
    if (dependent[j] === true) for (let k = 0; k < j; k++) row[k] = 0;
  }
  for (let i = 0; i < n; i++) {
    let value = dependent[i] === true ? 0 : (right[i] ?? 0);
    for (let k = 0; k < i; k++) value -= at(i, k) * (solution[k] ?? 0);
    solution[i] = value / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let value = solution[i] ?? 0;
    for (let k = i + 1; k < n; k++) value -= at(k, i) * (solution[k] ?? 0);
    solution[i] = value / at(i, i);
  }
  return solution;
}

/**
 * Least squares with no negative coefficient: the active-set method of Lawson and Hanson, 1974, on
 * the normal equations.
 *
 * @param rows - one row per observation, all of the same length.
 * @param right - what the rows should come to.
 * @returns one coefficient per column; 0 for a column that is zero or depends on others.
 */
export function nonNegativeLeastSquares(
  rows: readonly (readonly number[])[],
  right: readonly number[],
): number[] {
  const n = rows[0]?.length ?? 0;
  const gram = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const moment = new Array<number>(n).fill(0);
  rows.forEach((row, r) => {
    row.forEach((a, i) => {
      if (a === 0) return;
      moment[i] = (moment[i] ?? 0) + a * (right[r] ?? 0);
      const line = gram[i] ?? [];
      row.forEach((b, j) => (line[j] = (line[j] ?? 0) + a * b));
    });
  });
  // Columns of unit length: tolerances then mean the same for all.
  const scale = gram.map((line, i) => Math.sqrt(line[i] ?? 0) || 1);
  const of = (i: number): number => scale[i] ?? 1;
  const scaled = gram.map((line, i) => line.map((value, j) => value / of(i) / of(j)));
  const target = moment.map((value, i) => value / of(i));
  return activeSet(scaled, target).map((value, i) => value / of(i));
}

function activeSet(gram: readonly (readonly number[])[], moment: readonly number[]): number[] {
  const n = moment.length;
  let x = new Array<number>(n).fill(0);
  const passive: number[] = [];
  const tolerance = 1e-13 * Math.max(0, ...moment.map(Math.abs));
  for (let rounds = 0; rounds < 10 * n; rounds++) {
    const gradient = moment.map(
      (value, i) => value - (gram[i] ?? []).reduce((sum, g, j) => sum + g * (x[j] ?? 0), 0),
    );
    let best = -1;
    for (let i = 0; i < n; i++) {
      if (passive.includes(i) || (gradient[i] ?? 0) <= tolerance) continue;
      if (best < 0 || (gradient[i] ?? 0) > (gradient[best] ?? 0)) best = i;
    }
    if (best < 0) return x;
    passive.push(best);
    x = shrinkToFeasible(gram, moment, passive, x);
  }
  return x;
}

/** Solves on the passive columns; walks back towards `from` and drops columns while any is negative. */
function shrinkToFeasible(
  gram: readonly (readonly number[])[],
  moment: readonly number[],
  passive: number[],
  from: readonly number[],
): number[] {
  const x = [...from];
  while (passive.length > 0) {
    const part = passive.map((i) => passive.map((j) => gram[i]?.[j] ?? 0));
    const wanted = solve(
      part,
      passive.map((i) => moment[i] ?? 0),
    );
    let step = 1;
    passive.forEach((i, k) => {
      const now = x[i] ?? 0;
      const next = wanted[k] ?? 0;
      if (next < 0) step = Math.min(step, now / (now - next));
    });
    passive.forEach((i, k) => {
      x[i] = (x[i] ?? 0) + step * ((wanted[k] ?? 0) - (x[i] ?? 0));
    });
    if (step === 1) break;
    for (const i of passive.filter((index) => (x[index] ?? 0) <= 1e-12)) {
      x[i] = 0;
      passive.splice(passive.indexOf(i), 1);
    }
  }
  return x;
}
