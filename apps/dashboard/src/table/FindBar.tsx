import type { ReactNode } from "react";
import { FindField } from "../form/Field.tsx";

interface FindBarProps {
  label: string;
  /** begins the test ids: `NAME-find`, `NAME-total` */
  name: string;
  value: string;
  onText: (text: string) => void;
  /** how many rows there are */
  children: ReactNode;
}

/** Above a table: words to look for, and how many rows have them. */
export function FindBar({ label, name, value, onText, children }: FindBarProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <FindField
        label={label}
        testId={`${name}-find`}
        className="w-full sm:w-80"
        value={value}
        onText={onText}
      />
      <p className="text-[0.88rem] text-muted" data-testid={`${name}-total`} aria-live="polite">
        {children}
      </p>
    </div>
  );
}
