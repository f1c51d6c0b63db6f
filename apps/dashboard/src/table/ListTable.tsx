import type { ReactNode } from "react";

interface ListTableProps {
  heads: readonly { text: string; title?: string; isLeft?: boolean }[];
  count: number;
  testId: string;
  /** the rows */
  children: ReactNode;
  /** below the table, in the same box */
  below?: ReactNode;
}

/** A list of some dozen rows in a box that scrolls, its head in sight. */
export function ListTable({ heads, count, testId, children, below }: ListTableProps) {
  return (
    <div
      className="max-h-[640px] overflow-auto rounded-md border border-line"
      data-testid={testId}
      data-count={count}
    >
      <table className="table table-tight table-windowed">
        <thead>
          <tr>
            {heads.map(({ text, title, isLeft }) => (
              <th key={text} scope="col" title={title} className={isLeft ? "!text-left" : undefined}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {below}
    </div>
  );
}
