import { KERNEL_RELEASES, type ArchName } from '@ptelab/pte';
import type { MachineSpec } from '@ptelab/scenario';
import type { JSX } from 'preact';

const ARCHES: readonly ArchName[] = ['arm64', 'x86-64'];

interface SelectProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly onSelect: (value: T) => void;
}

function Select<T extends string>(props: SelectProps<T>): JSX.Element {
  const { label, options, value, onSelect } = props;
  return (
    <label>
      {label}{' '}
      <select
        value={value}
        onChange={(event) => {
          const option = options[event.currentTarget.selectedIndex];
          if (option !== undefined) onSelect(option);
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

interface MachinePickerProps {
  /** `First` or `Second`. */
  readonly ordinal: string;
  readonly spec: MachineSpec;
  readonly strategy: string;
  readonly onMachine: (spec: MachineSpec) => void;
}

/** Architecture and kernel release of one machine. */
export function MachinePicker(props: MachinePickerProps): JSX.Element {
  const { ordinal, spec, strategy, onMachine } = props;
  return (
    <fieldset class="machine-picker">
      <legend>{ordinal} machine</legend>
      <Select
        label="Architecture"
        options={ARCHES}
        value={spec.arch}
        onSelect={(arch) => {
          onMachine({ ...spec, arch });
        }}
      />
      <Select
        label="Linux"
        options={KERNEL_RELEASES}
        value={spec.kernel}
        onSelect={(kernel) => {
          onMachine({ ...spec, kernel });
        }}
      />
      <span>
        strategy <b>{strategy}</b>
      </span>
    </fieldset>
  );
}
