import type { ExplainedAttention, Explanation } from "@orion/trade/recipe";
import { table } from "./output.ts";

const shownFeatures = 12;
const shownSteps = 8;
const longestBar = 30;

export function describeExplanation(found: Explanation): string {
  const steps = [...found.byStep]
    .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution))
    .slice(0, shownSteps);
  const said = found.head === null ? found.signal : `${found.head} of ${found.symbol}`;
  return [
    `${said} on the bar closed ${found.bar_time}, model ${found.model}`,
    `${found.output}: ${found.value.toFixed(4)}; of the average market: ${found.baseline.toFixed(4)}`,
    found.complete
      ? "the attributions add up to the difference within 1 %"
      : `INCOMPLETE: the attributions miss the difference by ${found.gap.toFixed(4)}`,
    table(
      ["feature", "attribution"],
      found.byFeature.slice(0, shownFeatures).map((f) => [f.name, f.attribution.toFixed(4)]),
    ),
    table(
      ["bar", "attribution"],
      steps.map((s) => [barName(s.barsAgo), s.attribution.toFixed(4)]),
    ),
    "",
    found.attention === null ? "this network has no attention to show" : describeAttention(found.attention),
  ].join("\n");
}

const barName = (ago: number): string => (ago === 0 ? "the predicted bar" : `${ago} before`);

/** Which steps were looked at: of each layer the mean over its heads, the steps of most weight with bars of their share. */
function describeAttention({ layers, pooling }: ExplainedAttention): string {
  const views = [
    ...layers.map(({ layer, lastStep }) => ({
      title: `${layer}: the predicted bar's look, mean of ${lastStep.length} head${lastStep.length === 1 ? "" : "s"}`,
      weights: lastStep[0]!.map(
        (_, t) => lastStep.reduce((sum, head) => sum + head[t]!, 0) / lastStep.length,
      ),
    })),
    ...pooling.map(({ layer, weights }) => ({ title: `${layer}: pooling over time`, weights: [...weights] })),
  ];
  return [
    "attention (where the network looked, not why it decided); weights of a layer add up to 1",
    ...views.flatMap(({ title, weights }) => {
      const last = weights.length - 1;
      const most = weights
        .map((weight, t) => ({ weight, ago: last - t }))
        .sort((a, b) => b.weight - a.weight)
        .slice(0, shownSteps)
        .sort((a, b) => b.ago - a.ago);
      const largest = Math.max(...most.map((m) => m.weight));
      return [
        `${title}; of equal looks each ${(1 / weights.length).toFixed(4)}`,
        ...most.map(
          ({ weight, ago }) =>
            `  ${barName(ago).padStart(17)}  ${weight.toFixed(4)}  ${"█".repeat(Math.max(1, Math.round((longestBar * weight) / largest)))}`,
        ),
      ];
    }),
  ].join("\n");
}
