import type { ArchName, TlbPolicy } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';

/** Which part of the plane is seen: top left corner in cells, and CSS pixels per cell. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Colours of the page; `auto` is what the system prefers. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

/** Id of the machine with prices for each architecture that one was chosen for. */
export type Prices = Readonly<Partial<Record<ArchName, string>>>;

/** Most machines side by side. */
export const MOST_MACHINES = 4;

/**
 * What the page shows, all of it and as plain data: whoever has this sees the same. Everything else is
 * computed from it.
 */
export interface Look {
  /** The story, as the YAML of a scenario file. */
  readonly text: string;
  /** One to {@link MOST_MACHINES}. */
  readonly machines: readonly MachineSpec[];
  /** Index of the machine that the timeline belongs to; the others keep to the same place of the walk. */
  readonly lead: number;
  /** Index of the step that is looked at. */
  readonly step: number;
  /** Calls of the step that are done: 0 is before the step, null after it. */
  readonly position: number | null;
  /** The page whose entry is explained, relative to the story's window. */
  readonly focus: number;
  /** Null for all of it. */
  readonly camera: Camera | null;
  readonly theme: ThemeChoice;
  /** Whose prices times are predicted by, by architecture: ids of `@ptelab/cost`; the first one if none is said. */
  readonly prices: Prices;
  /** A TLB to look at; null for what the story says. */
  readonly tlb: TlbPolicy | null;
}
