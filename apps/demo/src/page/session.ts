import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { TlbPolicy } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import { markDifferences } from '../model/differences.ts';
import { filmLength, type Touched } from '../model/film-player.ts';
import { followPosition } from '../model/lockstep.ts';
import type { Look, Prices, ThemeChoice } from '../model/look.ts';
import { machineFilm, type MachineFilm } from '../model/machine-film.ts';
import { History } from './history.ts';
import type { JsonSchema } from '../editor/schema-walk.ts';
import type { OpenedFile } from '../open/opened.ts';
import type { Edit } from '../paint/edit.ts';
import { WorkerProblem, type WorkerClient } from '../worker/client.ts';
import type { Outline, Problem, RunSummary, StrategyChoice } from '../worker/protocol.ts';

/** One machine as the page shows it. */
export interface MachineShow {
  readonly spec: MachineSpec;
  readonly summary: RunSummary;
  /** Null if the machine does not get as far as the step. */
  readonly film: MachineFilm | null;
  /** Index of the machine that this one is compared with: the first of its architecture; null if it is that. */
  readonly base: number | null;
  /** 1 for each page whose entry is not the base's; null without a base. */
  readonly differs: Uint8Array | null;
}

/** What was computed for a look. */
export interface Show {
  readonly outline: Outline;
  readonly step: number;
  readonly machines: readonly MachineShow[];
}

/** Where a show is at: what moved on each machine since the position before. */
export interface Moment {
  readonly show: Show | null;
  /** Of the lead. */
  readonly position: number;
  readonly touched: readonly Touched[];
}

const NOTHING: Touched = { from: 0, to: 0 };

/** The page's state: what it looks at, and what the worker made of it. */
export class Session {
  readonly look: Signal<Look>;
  readonly show: Signal<Show | null> = signal<Show | null>(null);
  /** Why the text of the look is not what is shown, or null. */
  readonly problem: Signal<Problem | null> = signal<Problem | null>(null);
  readonly busy: Signal<boolean> = signal(false);
  readonly strategies: Signal<readonly StrategyChoice[]> = signal<readonly StrategyChoice[]>([]);
  /** The page under the pointer, or null. */
  readonly hover: Signal<number | null> = signal<number | null>(null);
  /** The entry that is explained stays while the pointer moves. */
  readonly pinned: Signal<boolean> = signal(false);
  readonly playing: Signal<boolean> = signal(false);
  readonly history: History = new History();
  readonly moment: Signal<Moment> = signal<Moment>({
    show: null,
    position: 0,
    touched: [],
  });
  /** The page that is explained. */
  readonly explained: ReadonlySignal<number>;
  /** Parts of the look by themselves, so that who shows one of them is not drawn again for another. */
  readonly machines: ReadonlySignal<readonly MachineSpec[]>;
  readonly lead: ReadonlySignal<number>;
  readonly focus: ReadonlySignal<number>;
  readonly theme: ReadonlySignal<ThemeChoice>;
  readonly tlb: ReadonlySignal<TlbPolicy | null>;
  readonly prices: ReadonlySignal<Prices>;
  readonly #client: WorkerClient;
  #turn = 0;
  #sought: Show | null = null;

  constructor(look: Look, client: WorkerClient) {
    this.look = signal(look);
    this.#client = client;
    this.machines = computed(() => this.look.value.machines);
    this.lead = computed(() => this.look.value.lead);
    this.focus = computed(() => this.look.value.focus);
    this.theme = computed(() => this.look.value.theme);
    this.tlb = computed(() => this.look.value.tlb);
    this.prices = computed(() => this.look.value.prices);
    this.explained = computed(() =>
      this.pinned.value ? this.focus.value : (this.hover.value ?? this.focus.value),
    );
    const wanted = computed(() => {
      const { text, machines, step, tlb } = this.look.value;
      return JSON.stringify({ text, machines, step, tlb });
    });
    wanted.subscribe(() => void this.#load());
    const place = computed(() => {
      const { position, lead } = this.look.value;
      return `${String(position)} ${lead}`;
    });
    place.subscribe(() => {
      this.moment.value = this.#seek(this.show.value);
    });
    this.show.subscribe((show) => {
      this.moment.value = this.#seek(show);
    });
    void client.ask('strategies', {}).then((strategies) => {
      this.strategies.value = strategies;
    });
  }

  /** Changes some of the look; another text can be undone. */
  change(some: Partial<Look>): void {
    const { value } = this.look;
    if (some.text !== undefined && some.text !== value.text) this.history.note(value, null);
    this.look.value = { ...value, ...some };
  }

  /** Shows another story: nothing plays, and no page of the one before is pinned. */
  showStory(look: Partial<Look>): void {
    this.playing.value = false;
    this.pinned.value = false;
    this.change(look);
  }

  /** Takes the text as it is typed. */
  type(text: string): void {
    const { value } = this.look;
    if (text === value.text) return;
    this.history.note(value, performance.now());
    this.look.value = { ...value, text };
  }

  /** Goes back to before the last change of the text. */
  undo(): void {
    this.#goTo(this.history.undo(this.look.value));
  }

  /** Takes the last undoing back. */
  redo(): void {
    this.#goTo(this.history.redo(this.look.value));
  }

  #goTo(look: Look | null): void {
    if (look === null) return;
    this.playing.value = false;
    // Colours and prices are not part of what was done.
    const { theme, prices } = this.look.value;
    this.look.value = { ...look, theme, prices };
  }

  /** What is shown, for who has to draw it again whenever its films move. */
  showNow(): Show | null {
    return this.moment.value.show;
  }

  /** Positions of the lead's film. */
  get length(): number {
    const film = this.leadFilm();
    return film === null ? 0 : filmLength(film.film);
  }

  /** The film that the timeline belongs to. */
  leadFilm(): MachineFilm | null {
    return this.show.value?.machines[this.lead.value]?.film ?? null;
  }

  /** Gives the timeline to another machine, which stays where it is. */
  leadTo(lead: number): void {
    const film = this.show.value?.machines[lead]?.film ?? null;
    if (lead === this.look.value.lead || film === null) return;
    const { position } = film.player;
    this.change({ lead, position: position >= filmLength(film.film) ? null : position });
  }

  /** Goes to a position of the lead's film; the end is remembered as the end. */
  seek(position: number): void {
    const { length } = this;
    this.change({ position: position >= length ? null : Math.max(position, 0) });
  }

  /** The runs of all machines as one line of JSON; see `RUN_FORMAT_VERSION` of `@ptelab/scenario`. */
  async runsAsJson(): Promise<string> {
    const { text, machines, tlb } = this.look.value;
    return this.#client.ask('export', { text, machines, tlb });
  }

  /**
   * Paints on the table before the step that is looked at, as the machine that leads has it.
   *
   * @returns why that can't be done, or null.
   */
  async edit(edit: Edit): Promise<string | null> {
    const { text, machines, lead } = this.look.value;
    const spec = machines[lead];
    const step = this.show.value?.step;
    if (spec === undefined || step === undefined) return 'nothing is shown yet';
    try {
      const painted = await this.#client.ask('paint', { text, spec, step, edit });
      this.change({ ...painted, position: null });
      return null;
    } catch (error) {
      if (!(error instanceof WorkerProblem)) throw error;
      return error.problem.message;
    }
  }

  /**
   * Reads a file.
   *
   * @throws WorkerProblem with one line, if nothing can be made of it.
   */
  async openFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<OpenedFile> {
    return this.#client.ask('open', { name, bytes });
  }

  /**
   * Shows one of the stories of the file that was read last.
   *
   * @throws WorkerProblem with one line, if none can be made of it.
   */
  async showOpened(choice: number): Promise<void> {
    const { text, machines, step } = await this.#client.ask('opened', { choice });
    const place = { step, position: null, focus: 0, camera: null, tlb: null };
    this.showStory({ text, ...place, ...(machines === null ? {} : { machines, lead: 0 }) });
  }

  /** The JSON Schema of stories. */
  async schema(): Promise<JsonSchema> {
    return this.#client.ask('schema', {});
  }

  async #load(): Promise<void> {
    const turn = ++this.#turn;
    const { text, machines, step } = this.look.value;
    this.busy.value = true;
    try {
      const outline = await this.#client.ask('read', { text });
      if (turn !== this.#turn) return;
      const last = Math.max(outline.steps.length - 1, 0);
      const shownStep = Math.min(step, last);
      const shown = await Promise.all(
        machines.map((_, index) => this.#loadMachine(outline, index, shownStep)),
      );
      if (turn !== this.#turn) return;
      batch(() => {
        this.show.value = { outline, step: shownStep, machines: shown };
        this.problem.value = null;
      });
    } catch (error) {
      if (!(error instanceof WorkerProblem)) throw error;
      if (turn === this.#turn) this.problem.value = error.problem;
    } finally {
      if (turn === this.#turn) this.busy.value = false;
    }
  }

  async #loadMachine(outline: Outline, index: number, step: number): Promise<MachineShow> {
    const { text, machines, tlb } = this.look.value;
    const spec = machines[index];
    if (spec === undefined) throw new RangeError(`there is no machine ${index + 1}`);
    const asked = { text, spec, tlb };
    const summary = await this.#client.ask('run', asked, index);
    const reached = summary.unsupported === null || step < summary.unsupported.step;
    const film =
      reached && outline.steps.length > 0
        ? machineFilm(spec, await this.#client.ask('film', { ...asked, step }, index))
        : null;
    const first = machines.findIndex(({ arch }) => arch === spec.arch);
    const base = first === index ? null : first;
    const differs = base === null ? null : new Uint8Array(outline.window.pages);
    return { spec, summary, film, base, differs };
  }

  /** Takes all films to where the look is. */
  #seek(show: Show | null): Moment {
    if (show === null) return { show, position: 0, touched: [] };
    const { position, lead } = this.look.value;
    const leading = show.machines[lead]?.film ?? null;
    const moved = show.machines.map(({ film }) => {
      if (film === null) return NOTHING;
      const length = filmLength(film.film);
      if (leading === null || position === null) return film.player.seek(length);
      return film.player.seek(
        film === leading ? position : followPosition(leading, position, film),
      );
    });
    // Of a show that is new, everything is.
    const isNew = this.#sought !== show;
    const all = { from: 0, to: show.outline.window.pages };
    const touched = isNew ? moved.map(() => all) : moved;
    this.#sought = show;
    for (const [i, machine] of show.machines.entries()) compare(show, machine, touched, i);
    return { show, position: leading?.player.position ?? 0, touched };
  }
}

/** Brings the differences of a machine up to date. */
function compare(
  show: Show,
  { film, base, differs }: MachineShow,
  touched: readonly Touched[],
  index: number,
): void {
  const other = show.machines[base ?? -1]?.film;
  if (film === null || other === null || other === undefined || differs === null) return;
  for (const each of [touched[index], touched[base ?? -1]]) {
    if (each !== undefined) markDifferences(film.player.frame, other.player.frame, each, differs);
  }
}
