import { Progress } from "radix-ui";

interface ProgressBarProps {
  label: string;
  /** 0..1, null while unknown */
  value: number | null;
  testId?: string;
}

export function ProgressBar({ label, value, testId }: ProgressBarProps) {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <Progress.Root
      value={share === null ? null : Math.round(share * 1000) / 10}
      max={100}
      aria-label={label}
      data-testid={testId}
      className="h-2 overflow-hidden rounded-full bg-raised"
    >
      <Progress.Indicator
        className={`h-full rounded-full bg-accent transition-[width] duration-200 ${share === null ? "skeleton" : ""}`}
        style={{ width: share === null ? "35%" : `${share * 100}%` }}
      />
    </Progress.Root>
  );
}
