import { ArrowDown, ArrowUp } from "lucide-react";

export interface SortColumn<Name extends string> {
  name: Name;
  text: string;
  /** what it means and in which unit, where its name does not say it */
  title?: string;
}

/** How a table is sorted, and how to change it. */
export interface Sorting<Name extends string> {
  /** a column, or an order that no column has */
  by: Name;
  down: boolean;
  set: (change: { sort: Name; down: boolean }) => void;
}

interface SortHeadProps<Name extends string> {
  columns: readonly SortColumn<Name>[];
  sorting: Sorting<Name>;
  /** begins the test ids of the buttons */
  testId: string;
}

/** A table's head whose columns sort it: once upwards, again downwards. */
export function SortHead<Name extends string>({ columns, sorting, testId }: SortHeadProps<Name>) {
  const { by, down, set } = sorting;
  const Icon = down ? ArrowDown : ArrowUp;
  return (
    <thead>
      <tr>
        {columns.map(({ name, text, title }) => {
          const isSorted = name === by;
          return (
            <th
              key={name}
              scope="col"
              title={title}
              aria-sort={isSorted ? (down ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                className="sort"
                data-testid={`${testId}-${name}`}
                onClick={() => set({ sort: name, down: isSorted ? !down : false })}
              >
                {text}
                <Icon aria-hidden className={`size-3.5 ${isSorted ? "" : "opacity-0"}`} />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
