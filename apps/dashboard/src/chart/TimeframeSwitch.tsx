import { ToggleGroup } from "radix-ui";
import { timeframes } from "../view.ts";

type Timeframe = (typeof timeframes)[number];

export function TimeframeSwitch({
  value,
  onChange,
}: {
  value: Timeframe;
  onChange: (value: Timeframe) => void;
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Timeframe of the chart"
      value={value}
      onValueChange={(chosen) => {
        const known = timeframes.find((timeframe) => timeframe === chosen);
        if (known) onChange(known);
      }}
      className="inline-flex rounded-md border border-line bg-raised p-0.5"
    >
      {timeframes.map((timeframe) => (
        <ToggleGroup.Item
          key={timeframe}
          value={timeframe}
          data-testid={`timeframe-${timeframe}`}
          className="h-7 min-w-10 rounded px-2 text-[0.85rem] text-muted data-[state=on]:bg-accent data-[state=on]:font-semibold data-[state=on]:text-on-accent"
        >
          {timeframe}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
