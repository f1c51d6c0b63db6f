import type { ClassifierReport, HmmReport, RegimeReport } from "@orion/trade/recipe";
import { decimal, percent, table } from "./output.ts";

const SIGNS: Readonly<Record<string, string>> = {
  strongUp: "▲",
  weakUp: "△",
  strongDown: "▼",
  weakDown: "▽",
  range: "·",
  highVolatility: "≈",
  crisis: "✖",
};

/** Past, now, transitions, durations and scores as tables, with a strip of the newest bars that have a regime. */
export function describeRegimes(found: RegimeReport): string {
  const { symbol, timeframe, bars, from, to, past, lastKnown, now } = found;
  return [
    `${symbol} ${timeframe}: ${bars} bars, ${from} to ${to}; ${past.rows} have a regime, told afterwards by the ${past.method === "rule" ? "rule" : "most probable path"}`,
    strip(found),
    durations(found),
    transitions(found),
    ...(found.hmm ? [hmmStates(found.hmm)] : []),
    [
      ...(lastKnown
        ? [`last known  ${lastKnown.regime} at ${lastKnown.at}, known since ${lastKnown.knownAt}`]
        : []),
      now
        ? `now         ${now.regime} at ${now.time}, probability ${percent(now.probability, 1)} (${now.by})`
        : "now         not told: the rule needs the bars after; --method classifier tells it from the bars before",
    ].join("\n"),
    ...(found.classifier ? [scores(found.classifier)] : []),
    ...(found.hmm ? [hmmScores(found.hmm)] : []),
  ].join("\n\n");
}

function strip({ past, regimes }: RegimeReport): string {
  const sign = (k: number): string => SIGNS[regimes[k]!] ?? String(k + 1);
  const legend = regimes.map((name, k) => `${sign(k)} ${name}`).join("  ");
  return `last ${past.recent.length} bars with one  ${past.recent.map(sign).join("")}\n${legend}`;
}

function durations({ statistics }: RegimeReport): string {
  return table(
    ["regime", "bars", "share", "spells", "mean bars", "median", "longest", "expected", "95 %"],
    statistics.durations.map((d) => [
      d.state,
      String(d.rows),
      percent(d.occupancy, 1),
      String(d.spells),
      decimal(d.mean, 1),
      decimal(d.median, 1),
      d.longest === null ? "–" : String(d.longest),
      decimal(d.expected, 1),
      `${decimal(d.expectedInterval.low, 1)} to ${decimal(d.expectedInterval.high, 1)}`,
    ]),
  );
}

function transitions({ statistics, regimes }: RegimeReport): string {
  return table(
    ["from \\ to", ...regimes, "steps"],
    statistics.transitions.map((row) => [
      row.state,
      ...row.to.map(({ share, count }) => (share === null ? "–" : `${percent(share, 1)} (${count})`)),
      String(row.steps),
    ]),
  );
}

function scores({ scores: s, unseen, importance, model, notes }: ClassifierReport): string {
  const [gain, loss] = [s.overPersistence, s.logLossGain];
  const verdict = (better: boolean): string => (better ? "better" : "not shown to be better");
  const span = ({ low, high }: { low: number; high: number }): string =>
    `${percent(low, 1)} to ${percent(high, 1)}`;
  const line = (name: string, r: typeof s.model): string[] => [
    ...[name, percent(r.balancedAccuracy, 1), span(r.balancedAccuracyInterval)],
    ...[percent(r.accuracy, 1), decimal(r.logLoss, 3)],
  ];
  return [
    `${s.rows} unseen bars, ${unseen.from} to ${unseen.to}, in ${unseen.folds.length} stretches, each foretold from bars before it (${decimal(s.overlap, 0)} bars count as one);\nhalf of the window that tells a bar's regime lies before it and is known at its close`,
    table(
      ["", "balanced accuracy", "95 %", "accuracy", "log loss"],
      [
        line(`${model}, most probable`, s.model),
        line(`${model}, over its share`, s.modelBalanced),
        line("last known goes on", s.persistence),
        line("most frequent", s.prior),
      ],
    ),
    `over 'last known goes on': balanced accuracy ${percent(gain.difference, 1)}${gain.interval ? `, 95 % ${span(gain.interval)}` : ""}: ${verdict(s.beatsPersistence.balancedAccuracy)}; log loss ${decimal(loss.difference, 3)} less${loss.interval ? `, 95 % ${decimal(loss.interval.low, 3)} to ${decimal(loss.interval.high, 3)}` : ""}: ${verdict(s.beatsPersistence.logLoss)}`,
    "",
    table(
      ["was \\ said over its share", ...s.model.classes.map((c) => c.name), "found"],
      s.modelBalanced.confusion.map((row, k) => [
        s.model.classes[k]!.name,
        ...row.map(String),
        percent(s.modelBalanced.classes[k]!.recall, 1),
      ]),
    ),
    "",
    `what it reads, by the rise of the log loss: ${importance
      .slice(0, 6)
      .map((g) => `${g.group} ${decimal(g.lossRise, 3)}`)
      .join(", ")}`,
    ...notes.map((note) => `note: ${note}`),
  ].join("\n");
}

function hmmStates({ states, tried, bic, converged }: HmmReport): string {
  return [
    table(
      ["state", "mean return", "deviation", "stays", "expected bars"],
      states.map((s) => [
        s.name,
        percent(s.meanReturn, 3),
        percent(s.deviation, 3),
        percent(s.stay, 2),
        decimal(s.expectedBars, 1),
      ]),
    ),
    `BIC ${decimal(bic, 0)}${converged ? "" : ", NOT converged"}; on the first 70 %: ${tried.map((t) => `${t.states} states ${decimal(t.bic, 0)}`).join(", ")}`,
  ].join("\n");
}

function hmmScores({ unseen: u }: HmmReport): string {
  const interval = u.interval ? `, 95 % ${decimal(u.interval.low, 4)} to ${decimal(u.interval.high, 4)}` : "";
  return `${u.rows} unseen bars from ${u.from}: log score ${decimal(u.logScore, 4)} a bar, one Gaussian ${decimal(u.gaussianLogScore, 4)}, gain ${decimal(u.gain, 4)}${interval}`;
}
