/** A figure that is not known exactly: between `low` and `high`, most likely near `likely`. */
export interface Interval {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}
