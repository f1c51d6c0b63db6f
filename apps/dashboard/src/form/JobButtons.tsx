import { type LucideIcon, RotateCw, Square } from "lucide-react";
import type { ReactNode } from "react";

interface JobButtonsProps {
  /** begins the test ids: `NAME-start`, `NAME-cancel`, `NAME-resume` */
  name: string;
  isRunning: boolean;
  start: { text: string; Icon: LucideIcon; isPending: boolean; isDisabled?: boolean };
  cancel: { isPending: boolean; isSuccess: boolean; mutate: () => void };
  /** goes on with what was stopped, where there is something of the kind */
  onResume?: (() => void) | undefined;
}

/** What a form of a job ends with: the start, while it runs the way to stop it, and after that the way to go on. */
export function JobButtons({ name, isRunning, start, cancel, onResume }: JobButtonsProps) {
  return (
    <>
      {isRunning ? (
        <PatientButton
          type="button"
          testId={`${name}-cancel`}
          isBusy={cancel.isPending || cancel.isSuccess}
          onPress={() => cancel.mutate()}
        >
          <Square aria-hidden className="size-4" />
          {cancel.isSuccess ? "Stopping…" : "Cancel"}
        </PatientButton>
      ) : (
        <PatientButton
          type="submit"
          testId={`${name}-start`}
          isBusy={start.isPending}
          isDisabled={start.isDisabled}
        >
          <start.Icon aria-hidden className="size-4" />
          {start.isPending ? "Starting…" : start.text}
        </PatientButton>
      )}
      {onResume && (
        <PatientButton type="button" testId={`${name}-resume`} isBusy={start.isPending} onPress={onResume}>
          <RotateCw aria-hidden className="size-4" />
          Resume
        </PatientButton>
      )}
    </>
  );
}

interface PatientButtonProps {
  /** the one that submits is the form's main one */
  type: "button" | "submit";
  testId: string;
  /** it was pressed already and the answer is awaited */
  isBusy: boolean;
  isDisabled?: boolean | undefined;
  onPress?: () => void;
  children: ReactNode;
}

/** A button that keeps the focus while its answer is awaited: a disabled one would lose it, and the keyboard its place. */
function PatientButton({ type, testId, isBusy, isDisabled = false, onPress, children }: PatientButtonProps) {
  return (
    <button
      type={type}
      className={`button ${type === "submit" ? "button-primary" : ""}`}
      data-testid={testId}
      disabled={isDisabled && !isBusy}
      aria-disabled={isBusy}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}
