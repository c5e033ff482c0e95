import {
  accessPage,
  AddressSpace,
  createSystem,
  exitMmap,
  fork,
  madvise,
  mmapFixed,
  mremapFixed,
  munmap,
  UnsupportedError,
  type System,
  type SystemOptions,
} from '@ptelab/mm';
import { mprotect, type MprotectResult } from '@ptelab/mprotect';
import type { AccessKind } from '@ptelab/pte';
import type { Machine } from '../machine.ts';
import type { MmapOp, MprotectOp, Operation, TouchRange } from '../op/operation.ts';
import { protBits } from '../op/prot.ts';

/** First virtual page of the window that stories play in: address 0x1000_0000_0000 of 4K pages. */
export const STORY_BASE_VPN: number = 2 ** 32;

/** What touching pages did. */
export interface TouchOutcome {
  /** Faults of each touched page, in order. */
  readonly faults: readonly number[];
  /** Index into `faults` of the pages whose access ended in a signal. */
  readonly signals: readonly number[];
}

/** What a step did beyond changing state. */
export interface OpOutcome {
  /** Set for mprotect. */
  readonly mprotect?: MprotectResult;
  /** Set for read, write, fill and faults. */
  readonly touch?: TouchOutcome;
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
   * Carries out one operation. Dumps, VMA listings and recorder settings do nothing here.
   *
   * @throws UnsupportedError if the model lacks the operation, or a state that it leads to.
   */
  apply(operation: Operation): OpOutcome {
    switch (operation.op) {
      case 'mprotect':
        return { mprotect: this.#mprotect(operation) };
      case 'read':
      case 'write':
        return { touch: this.#touch(this.mm, operation, operation.op) };
      case 'faults':
        return { touch: this.#touch(this.mm, operation, operation.access) };
      case 'fill':
        return { touch: this.#touch(this.mm, operation, 'write') };
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
      case 'madvise': {
        const start = this.vpn(operation.at);
        madvise(this.mm, start, start + operation.pages, operation.advice);
        return;
      }
      case 'mremap':
        mremapFixed(this.mm, this.vpn(operation.at), operation.pages, this.vpn(operation.to));
        return;
      case 'fork':
        this.children.set(operation.id, fork(this.mm));
        return;
      case 'forkexit':
        exitMmap(fork(this.mm));
        return;
      case 'child':
        this.#child(operation);
        return;
      case 'dump':
      case 'vmas':
      case 'seqmax':
      case 'notrace':
      case 'sleep':
        return;
      default:
        throw new UnsupportedError(operation.op);
    }
  }

  #setThp(kb: number, enabled: 'always' | 'madvise' | 'never', memory: 'anon' | 'shmem'): void {
    if (memory === 'anon') this.system.thp.set(kb, enabled);
    else if (enabled !== 'never') throw new UnsupportedError('huge pages of shared memory');
  }

  #mmap(operation: MmapOp): void {
    if (operation.kind !== 'anon') throw new UnsupportedError(`mmap of ${operation.kind} memory`);
    mmapFixed(this.mm, {
      start: this.vpn(operation.at),
      nr: operation.pages,
      prot: protBits(operation.prot),
      shared: false,
      file: null,
    });
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

  #touch(mm: AddressSpace, range: TouchRange, kind: AccessKind): TouchOutcome {
    const faults: number[] = [];
    const signals: number[] = [];
    for (let i = 0; i < range.pages; i += range.step ?? 1) {
      const result = accessPage(mm, this.vpn(range.at + i), kind);
      if (result.signal !== null) signals.push(faults.length);
      faults.push(result.faults);
    }
    return { faults, signals };
  }

  #child(operation: Extract<Operation, { op: 'child' }>): void {
    const mm = this.children.get(operation.id);
    if (mm === undefined) throw new RangeError(`no child is called ${operation.id}`);
    if (operation.does === 'exit') {
      exitMmap(mm);
      this.children.delete(operation.id);
    } else if (operation.does === 'munmap') {
      munmap(mm, this.vpn(operation.at), this.vpn(operation.at + operation.pages));
    } else this.#touch(mm, operation, operation.does);
  }
}
