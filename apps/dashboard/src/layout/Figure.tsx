import type { ReactNode } from "react";

/** One measured value under its name. */
export function Figure({ name, children, hint }: { name: string; children: ReactNode; hint?: string }) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow" title={hint}>
        {name}
      </dt>
      <dd className="text-[1rem] font-medium">{children}</dd>
    </div>
  );
}
