import { AddressSpace, exitMmap, fork, type BackedFile, type System } from '@ptelab/mm';

/** The memory of a process, which threads and children of vfork share. */
export class ProcessSpace {
  readonly mm: AddressSpace;
  /** Pid of who had it first. */
  readonly pid: number;
  /** What it runs, or null if the log does not say. */
  readonly program: string | null;
  /** End of the heap in bytes, once a brk has told it. */
  brk: number | null = null;
  /** The file that each descriptor stood for when it was mapped last. */
  readonly files: Map<number, BackedFile> = new Map<number, BackedFile>();

  constructor(mm: AddressSpace, pid: number, program: string | null) {
    this.mm = mm;
    this.pid = pid;
    this.program = program;
  }
}

/** Who has which memory. */
export class ProcessTable {
  readonly #system: System;
  readonly #spaces = new Map<number, ProcessSpace>();
  readonly #users = new Map<ProcessSpace, number>();
  /** Memory of the processes that were there before the log began. */
  #before: ProcessSpace | null = null;
  /** Processes and threads whose beginning the log does not show. */
  unknownBeginnings = 0;
  /** Address spaces that there were. */
  spaces = 0;

  constructor(system: System) {
    this.#system = system;
  }

  #set(pid: number, space: ProcessSpace): void {
    this.end(pid);
    this.#spaces.set(pid, space);
    this.#users.set(space, (this.#users.get(space) ?? 0) + 1);
  }

  #make(mm: AddressSpace, pid: number, program: string | null): ProcessSpace {
    this.spaces++;
    return new ProcessSpace(mm, pid, program);
  }

  /**
   * The memory of `pid`. All whose beginning the log does not show are taken as threads of one process:
   * that is what strace finds when it is attached.
   */
  of(pid: number): ProcessSpace {
    const known = this.#spaces.get(pid);
    if (known !== undefined) return known;
    this.unknownBeginnings++;
    const alive = this.#before !== null && this.#users.has(this.#before);
    const space =
      alive && this.#before !== null
        ? this.#before
        : this.#make(new AddressSpace(this.#system), pid, null);
    this.#before = space;
    this.#set(pid, space);
    return space;
  }

  /** A call of `parent` made `child`. */
  fork(parent: number, child: number, sharesMemory: boolean): void {
    const from = this.of(parent);
    if (sharesMemory) {
      this.#set(child, from);
      return;
    }
    const space = this.#make(fork(from.mm), child, from.program);
    space.brk = from.brk;
    for (const [fd, file] of from.files) space.files.set(fd, file);
    this.#set(child, space);
  }

  /** A process runs another program from now on. */
  exec(pid: number, program: string): void {
    this.#set(pid, this.#make(new AddressSpace(this.#system), pid, program));
  }

  /** The process of lines without a pid is `pid`. */
  rename(from: number, pid: number): void {
    const space = this.#spaces.get(from);
    if (space === undefined) return;
    this.#set(pid, space);
    this.end(from);
  }

  /** A process or thread ends; its memory goes with the last that has it. */
  end(pid: number): void {
    const space = this.#spaces.get(pid);
    if (space === undefined) return;
    this.#spaces.delete(pid);
    const users = (this.#users.get(space) ?? 1) - 1;
    if (users > 0) this.#users.set(space, users);
    else {
      this.#users.delete(space);
      exitMmap(space.mm);
    }
  }
}
