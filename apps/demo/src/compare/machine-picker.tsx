import { KERNEL_RELEASES, type ArchName } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { JSX } from 'preact';
import type { Session } from '../page/session.ts';
import { Select } from './select.tsx';

const ARCHES: readonly ArchName[] = ['arm64', 'x86-64'];

/** `spec` with another strategy; that of its kernel if the name is empty. */
function withStrategy(spec: MachineSpec, name: string): MachineSpec {
  const { arch, kernel, arm64, x86 } = spec;
  return {
    arch,
    kernel,
    ...(name === '' ? {} : { strategy: name }),
    ...(arm64 === undefined ? {} : { arm64 }),
    ...(x86 === undefined ? {} : { x86 }),
  };
}

/** Architecture, kernel release and strategy of one machine. */
export function MachinePicker(props: {
  readonly session: Session;
  readonly index: number;
}): JSX.Element | null {
  const { session, index } = props;
  const machines = session.machines.value;
  const spec = machines[index];
  if (spec === undefined) return null;
  const put = (next: MachineSpec): void => {
    session.change({ machines: machines.with(index, next) });
  };
  const named = session.strategies.value;
  return (
    <div class="machine-picker" role="group" aria-label={`Machine ${index + 1}`}>
      <Select
        label="Architecture"
        options={ARCHES}
        value={spec.arch}
        onSelect={(arch) => {
          put({ ...spec, arch });
        }}
      />
      <Select
        label="Linux"
        options={KERNEL_RELEASES}
        value={spec.kernel}
        onSelect={(kernel) => {
          put({ ...spec, kernel });
        }}
      />
      <Select
        label="Strategy"
        options={['', ...named.map(({ name }) => name)]}
        texts={['its own strategy', ...named.map(({ name }) => name)]}
        value={spec.strategy ?? ''}
        onSelect={(name) => {
          put(withStrategy(spec, name));
        }}
      />
      {machines.length > 1 && (
        <button
          type="button"
          class="plain"
          aria-label={`Remove machine ${index + 1}`}
          onClick={() => {
            const left = machines.filter((_, i) => i !== index);
            const lead = Math.min(session.lead.value, left.length - 1);
            session.change({ machines: left, lead });
          }}
        >
          ×
        </button>
      )}
    </div>
  );
}
