import type { AccessKind } from '@ptelab/pte';
import type { AddressSpace } from '../address-space.ts';
import type { Vma } from '../vma/vma.ts';
import type { FaultEffect, FaultPrediction, PageRun, PredictedFault } from './prediction.ts';

const SIGNALS: Readonly<Partial<Record<FaultEffect, 'SIGBUS' | 'SIGSEGV'>>> = {
  segv: 'SIGSEGV',
  guard: 'SIGSEGV',
  sigbus: 'SIGBUS',
  poisoned: 'SIGBUS',
};

/** An access whose faults are being predicted. */
export class PredictedAccess {
  readonly mm: AddressSpace;
  readonly vma: Vma;
  readonly vpn: number;
  readonly kind: AccessKind;
  readonly #effects: PredictedFault[] = [];

  constructor(mm: AddressSpace, vma: Vma, vpn: number, kind: AccessKind) {
    this.mm = mm;
    this.vma = vma;
    this.vpn = vpn;
    this.kind = kind;
  }

  get write(): boolean {
    return this.kind === 'write';
  }

  /** One more fault. */
  add(effect: FaultEffect, pages: readonly PageRun[] = [], order: number | null = null): void {
    this.#effects.push({ effect, order, pages });
  }

  /** One more fault that concerns the touched page only. */
  addOwn(effect: FaultEffect, order: number | null = null): void {
    this.add(effect, [{ start: this.vpn, nr: 1 }], order);
  }

  /** The faults so far. */
  get count(): number {
    return this.#effects.length;
  }

  /** The prediction, once the access comes to its end. */
  result(): FaultPrediction {
    return predictionOf(this.vpn, this.#effects);
  }
}

/** The prediction that these faults make. */
export function predictionOf(vpn: number, effects: readonly PredictedFault[]): FaultPrediction {
  const last = effects.at(-1);
  const signal = last === undefined ? null : (SIGNALS[last.effect] ?? null);
  return { vpn, faults: effects.length - (signal === null ? 0 : 1), effects, signal };
}
