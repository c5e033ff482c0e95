import { accessPage, BackedFile, mlock, mmapFixed, munmap, VM_NOHUGEPAGE } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { STORY_BASE_VPN, type Operation, type Story } from '@ptelab/scenario';
import type { InputName } from './inputs.ts';

/** Pages of the program below the story's window. */
const OWN_VPN = STORY_BASE_VPN - 2 ** 20;
/** The code that touches a page. */
const CODE = OWN_VPN;
/** The stack: written after every system call. */
const STACK = OWN_VPN + 8;
/** Data: where a touch goes on after a signal, the list of children, state of the tracer. */
const DATA = OWN_VPN + 16;
/** The counter of mprotect calls, which all processes of the program share. */
const WINDOW = OWN_VPN + 24;
/** Where the stack of a signal handler begins. */
const SIGNAL_STACK = OWN_VPN + 32;
/** What the kernel writes when it has switched the program out (struct rseq). */
const RSEQ = OWN_VPN + 40;

/** The code around an mprotect call: it is only read. */
const MPROTECT_CODE = OWN_VPN + 48;

const PRIVATE = [CODE, STACK, DATA, SIGNAL_STACK, RSEQ, MPROTECT_CODE] as const;

/** Where the program maps 8 MiB and unmaps them, to make the kernel flush all translations. */
const SCRATCH_VPN = 2 * STORY_BASE_VPN;
const SCRATCH_PAGES = 2048;

/** Pages of code and data that the program uses, at most. */
const PROGRAM_PAGES = 64;

/** Operations of one kind run the same code of the program. */
function kindOf(operation: Operation): string {
  return operation.op === 'child' ? `child ${operation.does}` : operation.op;
}

/** Faults that the story does not explain, and what does. */
export interface UnexplainedFaults {
  readonly input: InputName;
  /** How many there can be at most. */
  readonly most: number;
}

/**
 * The program that made the recordings, as far as it shows in them: it has pages of its own, which
 * fork and clear_refs protect like all others, so that its next access takes a fault.
 */
export class TestProgram {
  readonly #story: Story;
  /** What the kernel puts below the program's first frame decides whether a signal frame fits there. */
  readonly #signalStack: number;
  /** Pages that clear_refs has made old since they were used last, at most. */
  #oldPages = 0;
  /** Whether the TLB was emptied since then: from now on every first use of an old page faults. */
  #flushed = false;
  /** Kinds of operations whose pages are young again, as one was carried out with an empty TLB. */
  readonly #young = new Set<string>();

  /** Maps the program's pages, brings them in and locks them. */
  constructor(story: Story) {
    this.#story = story;
    const { arch, kernel } = story.machine.spec;
    this.#signalStack = arch === 'x86-64' && kernel !== '6.12' ? STACK : SIGNAL_STACK;
    const { mm } = story;
    const prot = VM_READ | VM_WRITE;
    for (const start of PRIVATE) {
      mmapFixed(mm, { start, nr: 1, prot, shared: false, file: null });
      this.#write(start);
    }
    this.#mapWindow();
    for (const start of [...PRIVATE, WINDOW]) mlock(mm, start, start + 1);
  }

  /** The page is shared with the parent process, which has written to it. */
  #mapWindow(): void {
    const { mm } = this.#story;
    // Of a kind that outlives its last mapping here: the parent has it mapped all the time.
    const file = new BackedFile('window', { kind: 'tmpfs', huge: 'never' }, 1);
    for (const kind of ['write', 'read'] as const) {
      mmapFixed(mm, { start: WINDOW, nr: 1, prot: VM_READ | VM_WRITE, shared: true, file });
      accessPage(mm, WINDOW, kind);
    }
  }

  /** Runs the touching code; returns the faults that it takes by itself. */
  runTouch(): number {
    this.#write(DATA);
    return this.#runCode();
  }

  /** What the program does around an operation, before it is carried out. */
  before(operation: Operation): void {
    switch (operation.op) {
      case 'read':
      case 'write':
      case 'fork':
      case 'forkexit':
        this.#write(DATA);
        return;
      case 'mprotect':
        this.#write(WINDOW);
        accessPage(this.#story.mm, MPROTECT_CODE, 'read');
        return;
      case 'flushtlb':
        this.#flushTlb();
        return;
      default:
    }
  }

  /** What the program does after an operation, as part of it. */
  after(operation: Operation, signalled: boolean): void {
    if (operation.op === 'clear_refs' && operation.mode === 1) this.#growOld();
    if (signalled && operation.op !== 'child') this.#write(this.#signalStack);
    this.#write(STACK);
    if (operation.op === 'fork' || operation.op === 'forkexit') this.#write(DATA);
    // It waits for its child, and so is switched out.
    if (operation.op === 'forkexit') this.#write(RSEQ);
  }

  /** What the program does between operations. */
  between(operation: Operation): void {
    if (operation.op === 'flushtlb') this.#flushed = true;
    if (this.#flushed) this.#young.add(kindOf(operation));
    this.#write(RSEQ);
    if (operation.op === 'mprotect') {
      // Reads the trace, which takes much of the stack.
      this.#write(DATA);
      this.#write(SIGNAL_STACK);
    }
    if (operation.op === 'read' || operation.op === 'write') this.#runCode();
  }

  /** Faults of an operation that only the recording can tell, or null. */
  unexplained(operation: Operation): UnexplainedFaults | null {
    if (this.#oldPages > 0 && !this.#young.has(kindOf(operation)) && operation.op !== 'mprotect') {
      return { input: 'old-program-pages', most: this.#oldPages };
    }
    const protects = operation.op === 'clear_refs' && this.#story.system.arch.softDirty;
    const forks = operation.op === 'fork' || operation.op === 'forkexit';
    const switches = forks || (protects && operation.mode === 4);
    return switches ? { input: 'switched-out', most: 1 } : null;
  }

  /** Notes that `nr` of the faults in {@link unexplained} were taken. */
  explain({ input }: UnexplainedFaults, nr: number): void {
    if (input === 'old-program-pages') this.#oldPages -= nr;
  }

  #runCode(): number {
    return accessPage(this.#story.mm, CODE, 'read').faults;
  }

  #write(vpn: number): void {
    accessPage(this.#story.mm, vpn, 'write');
  }

  /**
   * Without hardware access flag the program's next accesses fault, unless the TLB still knows the
   * page. Of its own pages only the code that touches others and the code around mprotect are flushed for
   * certain before it matters.
   */
  #growOld(): void {
    const { mm, machine } = this.#story;
    const { spec } = machine;
    if (spec.arch !== 'arm64' || spec.arm64?.hwAfDbm !== false) return;
    this.#oldPages = PROGRAM_PAGES;
    this.#flushed = false;
    this.#young.clear();
    const { minFlt } = mm;
    for (const vpn of [STACK, DATA, SIGNAL_STACK, RSEQ]) this.#write(vpn);
    accessPage(mm, WINDOW, 'read');
    mm.minFlt = minFlt;
  }

  #flushTlb(): void {
    const { mm } = this.#story;
    const end = SCRATCH_VPN + SCRATCH_PAGES;
    const prot = VM_READ | VM_WRITE;
    mmapFixed(mm, { start: SCRATCH_VPN, nr: SCRATCH_PAGES, prot, shared: false, file: null });
    for (const vma of mm.vmas.overlapping(SCRATCH_VPN, end)) vma.flags |= VM_NOHUGEPAGE;
    this.#write(SCRATCH_VPN);
    this.#write(end - 1);
    munmap(mm, SCRATCH_VPN, end);
  }
}
