import type { ReactNode } from "react";

interface PanelProps {
  title: string;
  /** beside the title, such as a switch */
  aside?: ReactNode;
  className?: string;
  testId: string;
  children: ReactNode;
}

export function Panel({ title, aside, className = "", testId, children }: PanelProps) {
  const id = `${testId}-title`;
  return (
    <section aria-labelledby={id} data-testid={testId} className={`panel flex flex-col ${className}`}>
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2.5">
        <h2 id={id} className="text-[1.02rem]">
          {title}
        </h2>
        {aside}
      </header>
      <div className="flex min-w-0 grow flex-col gap-4 p-4">{children}</div>
    </section>
  );
}
