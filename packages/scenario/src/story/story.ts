import {
  AddressSpace,
  BackedFile,
  clearRefsReferenced,
  clearRefsSoftDirty,
  createSystem,
  exitMmap,
  fillPage,
  fork,
  fsync,
  ksmScan,
  madvise,
  migrateEnd,
  migrateStart,
  mlock,
  mmapFixed,
  mremapFixed,
  munmap,
  pin,
  placeOnNode,
  swapoff,
  unpin,
  UnsupportedError,
  writeFile,
  type FaultWait,
  type System,
  type SystemOptions,
} from '@ptelab/mm';
import {
  changeProtNuma,
  mprotect,
  uffdRegisterWp,
  uffdUnregister,
  uffdWriteprotect,
  type MprotectResult,
} from '@ptelab/mprotect';
import { placeEntries } from '../entries/place-entries.ts';
import type { Machine } from '../machine.ts';
import type {
  FwriteOp,
  MmapOp,
  MprotectOp,
  Operation,
  PageRange,
  TouchRange,
} from '../op/operation.ts';
import { protBits } from '../op/prot.ts';
import { createFile } from './files.ts';
import {
  CHILD_WRITE,
  PROBE,
  READ,
  WRITE,
  type PageTouch,
  type TouchWatcher,
} from './page-touch.ts';
import { Touches, type TouchOutcome } from './touches.ts';
import { ViolationLog, type TlbOutcome } from './violations.ts';

/** First virtual page of the window that stories play in: address 0x1000_0000_0000 of 4K pages. */
export const STORY_BASE_VPN: number = 2 ** 32;

/** What a step did beyond changing state. */
export interface OpOutcome {
  /** Set for mprotect. */
  readonly mprotect?: MprotectResult;
  /** Set for read, write, fill and faults, also those of a child, and for what wakes such a touch. */
  readonly touch?: TouchOutcome;
  /** Set for madvise and pin: the error, or null. */
  readonly error?: string | null;
}

const NOTHING: OpOutcome = {};

/**
 * A process and its children living through operations, on one machine.
 *
 * Knows nothing of files, time or formats: whoever drives it decides what to look at in between.
 */
export class Story {
  readonly machine: Machine;
  readonly system: System;
  /** The story's own address space. */
  readonly mm: AddressSpace;
  /** Address spaces of children that are alive, by id. */
  readonly children: Map<string, AddressSpace> = new Map<string, AddressSpace>();

  /** Looks at every page that a step touches, before and after; null for nobody. */
  watchTouches: TouchWatcher | null = null;

  readonly #files: Map<string, BackedFile> = new Map<string, BackedFile>();

  readonly #violations = new ViolationLog(STORY_BASE_VPN);

  /** Id of the userfaultfd that was opened last. */
  #uffd = 0;
  /** Ids of the userfaultfds whose monitor resolves every write at once. */
  readonly #resolving = new Set<number>();
  readonly #touches = new Touches((mm, vpn) => this.#monitorResolves(mm, vpn));

  constructor(machine: Machine, options: SystemOptions = {}) {
    this.machine = machine;
    this.system = createSystem(machine.arch, options);
    this.mm = new AddressSpace(this.system);
  }

  /** Virtual page of the story's page `at`. */
  vpn(at: number): number {
    return STORY_BASE_VPN + at;
  }

  /**
   * Address space of a child, or of the story itself.
   *
   * @throws RangeError if no child of that id is alive.
   */
  space(child?: string): AddressSpace {
    if (child === undefined) return this.mm;
    const mm = this.children.get(child);
    if (mm === undefined) throw new RangeError(`no child is called ${child}`);
    return mm;
  }

  /** Touches that wait: for the monitor of a userfaultfd, or for the end of a migration. */
  get waiting(): number {
    return this.#touches.waiting;
  }

  /**
   * Carries out one operation. Dumps, VMA listings, predictions and recorder settings do nothing here. With a TLB
   * every operation ends with a check of all address spaces; see {@link Story.takeTlbOutcome}.
   *
   * @throws UnsupportedError if the model lacks the operation, or a state that it leads to.
   */
  apply(operation: Operation): OpOutcome {
    const outcome = this.#apply(operation);
    if (this.system.tlb !== null) for (const mm of this.system.spaces) mm.tlb?.check('call');
    return outcome;
  }

  /** What the TLBs of the story and its children held against the page tables since the last call. */
  takeTlbOutcome(): TlbOutcome {
    this.#violations.collect(this.mm);
    for (const [id, mm] of this.children) this.#violations.collect(mm, id);
    return this.#violations.take();
  }

  #apply(operation: Operation): OpOutcome {
    switch (operation.op) {
      case 'mprotect':
        return { mprotect: this.#mprotect(operation) };
      case 'read':
      case 'write':
        return { touch: this.#touch(this.mm, operation, operation.op === 'read' ? READ : WRITE) };
      case 'faults':
        return {
          touch: this.#touch(this.mm, operation, operation.access === 'read' ? READ : PROBE),
        };
      case 'fill':
        return {
          touch: this.#touch(this.mm, operation, (mm, vpn) => fillPage(mm, vpn, operation.byte)),
        };
      case 'child':
        return this.#child(operation);
      case 'madvise': {
        const result = madvise(this.mm, ...this.#span(operation), operation.advice);
        return { error: result === 'ok' ? null : result };
      }
      case 'pin': {
        const pinned = pin(this.mm, ...this.#span(operation), operation.access ?? 'write');
        return { error: typeof pinned === 'number' ? null : pinned };
      }
      case 'migrate_end':
        migrateEnd(this.system);
        return this.#woken('migration');
      case 'uffd_wp':
        uffdWriteprotect(this.mm, ...this.#span(operation), operation.on, this.machine.strategy);
        return this.#woken('userfaultfd');
      case 'uffd_unreg':
        uffdUnregister(this.mm, ...this.#span(operation), this.machine.strategy);
        return this.#woken('userfaultfd');
      default:
        this.#change(operation);
        return NOTHING;
    }
  }

  #change(operation: Operation): void {
    switch (operation.op) {
      case 'thp':
        this.#setThp(operation.kb, operation.enabled, operation.memory ?? 'anon');
        return;
      case 'mmap':
        this.#mmap(operation);
        return;
      case 'munmap':
        munmap(this.mm, this.vpn(operation.at), this.vpn(operation.at + operation.pages));
        return;
      case 'unpin':
        unpin(this.mm, ...this.#span(operation));
        return;
      case 'migrate_start':
        migrateStart(this.mm, ...this.#span(operation));
        return;
      case 'mlock':
        mlock(this.mm, ...this.#span(operation));
        return;
      case 'mremap':
        mremapFixed(this.mm, this.vpn(operation.at), operation.pages, this.vpn(operation.to));
        return;
      case 'node':
        placeOnNode(this.mm, ...this.#span(operation), operation.node);
        return;
      case 'numa_scan':
        changeProtNuma(this.mm, ...this.#span(operation), this.machine.strategy);
        return;
      case 'fork':
        this.children.set(operation.id, fork(this.mm));
        return;
      case 'forkexit':
        this.#exit(fork(this.mm), 'forkexit');
        return;
      case 'clear_refs':
        if (operation.mode === 4) clearRefsSoftDirty(this.mm);
        else clearRefsReferenced(this.mm);
        return;
      case 'flushtlb':
        this.system.arch.flushTlbMm(this.mm);
        return;
      case 'uffd':
        this.#openUffd(operation.mode, operation.monitor === 'resolve');
        return;
      case 'uffd_reg':
        uffdRegisterWp(this.mm, ...this.#span(operation), this.#uffd);
        return;
      case 'swapoff':
        swapoff(this.system);
        return;
      case 'ksm':
        ksmScan(this.system, operation.useZeroPages);
        return;
      case 'file':
        this.#files.set(operation.id, createFile(operation));
        return;
      case 'fwrite':
        this.#fwrite(operation);
        return;
      case 'fsync':
        fsync(this.system, this.#file(operation.id));
        return;
      case 'entries':
        this.#forgetTranslations(); // what is placed was never in use
        placeEntries(this.mm, STORY_BASE_VPN, operation);
        return;
      case 'zram':
        return; // the swap device is always there
      case 'dump':
      case 'predict':
      case 'vmas':
      case 'seqmax':
      case 'notrace':
      case 'sleep':
        return;
      default:
        throw new UnsupportedError(operation.op);
    }
  }

  #forgetTranslations(): void {
    this.mm.tlb?.invalidateAll();
    this.mm.tlb?.sync();
  }

  #span(range: PageRange): [number, number] {
    return [this.vpn(range.at), this.vpn(range.at + range.pages)];
  }

  #woken(by: FaultWait): OpOutcome {
    const touch = this.#touches.wake(by);
    return touch === null ? NOTHING : { touch };
  }

  /** A monitor that resolves lifts the protection of the page; the write is then tried again. */
  #monitorResolves(mm: AddressSpace, vpn: number): boolean {
    const event = mm.userfaultfdEvents.findLast((candidate) => candidate.vpn === vpn);
    if (event === undefined || !this.#resolving.has(event.uffd)) return false;
    uffdWriteprotect(mm, vpn, vpn + 1, false, this.machine.strategy);
    return true;
  }

  #openUffd(mode: 'async' | 'sync', resolves: boolean): void {
    const async = mode === 'async';
    this.#uffd = this.system.nextId();
    if (resolves) this.#resolving.add(this.#uffd);
    this.mm.userfaultfds.set(this.#uffd, { wpAsync: async, wpUnpopulated: async });
  }

  #setThp(kb: number, enabled: 'always' | 'madvise' | 'never', memory: 'anon' | 'shmem'): void {
    if (memory === 'anon') this.system.thp.set(kb, enabled);
    else this.system.shmemThp.set(kb, enabled);
  }

  #mmap(operation: MmapOp): void {
    const { kind, pages } = operation;
    mmapFixed(this.mm, {
      start: this.vpn(operation.at),
      nr: pages,
      prot: protBits(operation.prot),
      shared: kind === 'shared' || kind === 'shanon',
      file: this.#mappedFile(operation),
      pgoff: operation.fileAt ?? 0,
    });
  }

  #mappedFile({ kind, pages, file }: MmapOp): BackedFile | null {
    if (kind === 'anon') return null;
    if (kind === 'shanon') return new BackedFile('/dev/zero', { kind: 'shared-anonymous' }, pages);
    return this.#file(file ?? '');
  }

  #file(id: string): BackedFile {
    const file = this.#files.get(id);
    if (file === undefined) throw new RangeError(`no file is called ${id}`);
    return file;
  }

  #fwrite({ id, at, pages, chunk }: FwriteOp): void {
    writeFile(this.system, this.#file(id), at, pages, chunk ?? 1);
  }

  #mprotect(operation: MprotectOp): MprotectResult {
    const pageBytes = 2 ** this.system.arch.pageShift;
    return mprotect(this.mm, {
      start: this.vpn(operation.at) * pageBytes,
      length: operation.pages * pageBytes,
      prot: protBits(operation.prot),
      strategy: this.machine.strategy,
    });
  }

  #touch(mm: AddressSpace, range: TouchRange, touch: PageTouch): TouchOutcome {
    const kind = touch === READ ? 'read' : 'write';
    const watched: PageTouch = (of, vpn, i) => {
      const done = this.watchTouches?.(of, vpn, kind);
      const result = touch(of, vpn, i);
      done?.(result);
      return result;
    };
    return this.#touches.run({ mm, vpn: this.vpn(range.at), range, touch: watched });
  }

  #exit(mm: AddressSpace, id: string): void {
    exitMmap(mm);
    this.#violations.collect(mm, id);
  }

  #child(operation: Extract<Operation, { op: 'child' }>): OpOutcome {
    const mm = this.space(operation.id);
    if (operation.does === 'exit') {
      this.#exit(mm, operation.id);
      this.#touches.forget(mm);
      this.children.delete(operation.id);
    } else if (operation.does === 'munmap') {
      munmap(mm, this.vpn(operation.at), this.vpn(operation.at + operation.pages));
    } else {
      return { touch: this.#touch(mm, operation, operation.does === 'read' ? READ : CHILD_WRITE) };
    }
    return NOTHING;
  }
}
