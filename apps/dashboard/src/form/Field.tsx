import { Search } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

interface FieldProps {
  label: ReactNode;
  testId: string;
  /** of the label with its field, such as its width */
  className?: string;
}

interface SelectFieldProps
  extends FieldProps,
    Pick<ComponentProps<"select">, "id" | "value" | "disabled" | "size"> {
  onChoose: (value: string) => void;
  inputClass?: string;
  /** the options */
  children: ReactNode;
}

/** A choice under its label. */
export function SelectField({
  label,
  testId,
  className = "",
  inputClass = "",
  onChoose,
  children,
  ...more
}: SelectFieldProps) {
  return (
    <label className={`field ${className}`} htmlFor={more.id}>
      {label}
      <select
        className={`input ${inputClass}`}
        data-testid={testId}
        onChange={(event) => onChoose(event.target.value)}
        {...more}
      >
        {children}
      </select>
    </label>
  );
}

interface InputFieldProps
  extends FieldProps,
    Omit<ComponentProps<"input">, "className" | "onChange" | "value"> {
  value: string;
  onText: (text: string) => void;
  inputClass?: string;
}

/** One line of text, a number or a day under its label. */
export function InputField({
  label,
  testId,
  className = "",
  inputClass = "",
  onText,
  ...more
}: InputFieldProps) {
  return (
    <label className={`field ${className}`} htmlFor={more.id}>
      {label}
      <input
        className={`input ${inputClass}`}
        data-testid={testId}
        onChange={(event) => onText(event.target.value)}
        {...more}
      />
    </label>
  );
}

/** Words to look for. */
export function FindField({
  label,
  testId,
  className = "",
  value,
  onText,
}: FieldProps & { value: string; onText: (text: string) => void }) {
  return (
    <label className={`field ${className}`}>
      {label}
      <span className="relative block">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4" />
        <input
          type="search"
          className="input !pl-8"
          data-testid={testId}
          value={value}
          onChange={(event) => onText(event.target.value)}
        />
      </span>
    </label>
  );
}

interface CheckFieldProps extends Omit<FieldProps, "className"> {
  isChecked: boolean;
  onCheck: (isChecked: boolean) => void;
}

/** Yes or no, with its label beside it. */
export function CheckField({ label, testId, isChecked, onCheck }: CheckFieldProps) {
  return (
    <label className="flex items-start gap-2 text-[0.88rem]">
      <input
        type="checkbox"
        className="mt-[0.15rem] size-4 shrink-0 accent-(--accent)"
        data-testid={testId}
        checked={isChecked}
        onChange={(event) => onCheck(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
