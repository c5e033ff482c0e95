/** What every verb takes. */
export interface OutputFlags {
  /** Machine-readable output. */
  readonly json: boolean;
  /** False after `--no-color`. */
  readonly color: boolean;
  /** Tables as Markdown; verbs without tables have no such flag. */
  readonly markdown?: boolean;
}
