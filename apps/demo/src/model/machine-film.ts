import type { Arch } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import { FlagReader } from './entry-flags.ts';
import { filmBatches, type FilmBatches } from './film-batches.ts';
import { FilmPlayer } from './film-player.ts';
import type { StepFilm } from './film.ts';
import { layoutOf } from './layout-of.ts';
import { walkedPages } from './lockstep.ts';

/** A film with what is derived from it once. */
export interface MachineFilm {
  readonly arch: Arch;
  readonly film: StepFilm;
  readonly player: FilmPlayer;
  readonly flags: FlagReader;
  readonly batches: FilmBatches;
  readonly walked: Int32Array;
}

/** Makes a film ready to be shown. */
export function machineFilm(spec: MachineSpec, film: StepFilm): MachineFilm {
  const arch = layoutOf(spec);
  return {
    arch,
    film,
    player: new FilmPlayer(film),
    flags: new FlagReader(arch),
    batches: filmBatches(film),
    walked: walkedPages(film),
  };
}
