/** An equation: the coefficients times the unknowns should be `value`, give or take `sigma`. */
export interface Equation {
  readonly coefficients: readonly number[];
  readonly value: number;
  readonly sigma: number;
}

/** Solves a square system by elimination with pivots. The system is overwritten. */
function eliminate(a: number[][], b: number[]): number[] {
  const n = b.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row]?.[column] ?? 0) > Math.abs(a[pivot]?.[column] ?? 0)) pivot = row;
    }
    const top = a[pivot] ?? [];
    [a[pivot], a[column]] = [a[column] ?? [], top];
    [b[pivot], b[column]] = [b[column] ?? 0, b[pivot] ?? 0];
    const lead = top[column] ?? 0;
    if (Math.abs(lead) < 1e-12) throw new RangeError('the rows do not determine the parameters');
    for (let row = column + 1; row < n; row++) {
      const line = a[row] ?? [];
      const factor = (line[column] ?? 0) / lead;
      for (let i = column; i < n; i++) line[i] = (line[i] ?? 0) - factor * (top[i] ?? 0);
      b[row] = (b[row] ?? 0) - factor * (b[column] ?? 0);
    }
  }
  const x = Array.from({ length: n }, () => 0);
  for (let row = n - 1; row >= 0; row--) {
    const line = a[row] ?? [];
    let sum = b[row] ?? 0;
    for (let i = row + 1; i < n; i++) sum -= (line[i] ?? 0) * (x[i] ?? 0);
    x[row] = sum / (line[row] ?? 1);
  }
  return x;
}

function solve(equations: readonly Equation[], free: readonly number[]): number[] {
  // Unknowns are scaled to their largest coefficient, so that the pivots can be compared.
  const scale = free.map((i) =>
    Math.max(...equations.map((e) => Math.abs((e.coefficients[i] ?? 0) / e.sigma))),
  );
  const rows = equations.map(({ coefficients, value, sigma }) => ({
    c: free.map((i, k) => (coefficients[i] ?? 0) / sigma / (scale[k] ?? 1)),
    v: value / sigma,
  }));
  const a = free.map((_, i) =>
    free.map((_, j) => rows.reduce((sum, { c }) => sum + (c[i] ?? 0) * (c[j] ?? 0), 0)),
  );
  const b = free.map((_, i) => rows.reduce((sum, { c, v }) => sum + (c[i] ?? 0) * v, 0));
  return eliminate(a, b).map((x, k) => x / (scale[k] ?? 1));
}

/**
 * Unknowns, none of them negative, that fit the equations best by weighted squares. An unknown that
 * wants to be negative is zero.
 *
 * @throws RangeError if the equations do not determine the unknowns.
 */
export function leastSquares(equations: readonly Equation[], unknowns: number): number[] {
  const x = Array.from({ length: unknowns }, () => 0);
  let free = x.map((_, i) => i);
  while (free.length > 0) {
    const solved = solve(equations, free);
    const worst = Math.min(...solved);
    if (worst >= 0) {
      for (const [k, i] of free.entries()) x[i] = solved[k] ?? 0;
      return x;
    }
    free = free.filter((_, k) => solved[k] !== worst);
  }
  return x;
}
