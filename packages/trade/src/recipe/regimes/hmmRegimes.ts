import { DataError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime } from "../../core/time.ts";
import type { BarSeries } from "../../market/bars.ts";
import {
  blockBootstrap,
  blockLength,
  chooseHmm,
  decodeHmm,
  filterHmm,
  fitHmm,
  HmmConfig,
  type HmmFit,
  type HmmRows,
  regimeStatistics,
  saveHmm,
} from "../../models/index.ts";
import { describePast, type HmmReport, type RegimeReport } from "./regimeReport.ts";

const TRIED = [2, 3, 4, 5];
/** Share of the bars that the judged model learns from. */
const TRAIN = 0.7;

type Told = Pick<RegimeReport, "regimes" | "past" | "statistics" | "now"> & { readonly hmm: HmmReport };

/**
 * Hidden states of the bars' log returns: each state a mean and a deviation (Rydén, Teräsvirta and Åsbrink 1998). A model of the first 70 % foretells the rest bar by bar, which is its score; one of all bars tells the past
 * (the most probable path, which looks ahead) and the newest bar (filtered: of bars up to it).
 * The number of states is chosen on the first 70 % alone.
 */
export async function hmmRegimes(
  bars: BarSeries,
  states: number | undefined,
  context: {
    readonly seed: number;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: OnProgress | undefined;
  },
): Promise<Told> {
  const { data, at } = returnsOf(bars);
  const cut = Math.floor(data.rows * TRAIN);
  const train: HmmRows = { names: data.names, rows: cut, values: data.values.subarray(0, cut) };
  const { states: _states, ...config } = HmmConfig.parse({});
  const part = (from: number, share: number) => ({
    ...context,
    onProgress: (p: Parameters<OnProgress>[0]) =>
      context.onProgress?.({ ...p, stage: "hmm", done: from + (share * p.done) / (p.total ?? 1), total: 1 }),
  });
  const { best, fits } = await chooseHmm(
    train,
    states === undefined ? TRIED : [states],
    config,
    part(0, 0.8),
  );
  const K = best.model.initial.length;
  const one = await fitHmm(train, HmmConfig.parse({ states: 1 }), {
    seed: context.seed,
    signal: context.signal,
  });
  const whole = await fitHmm(data, { ...config, states: K }, part(0.8, 0.2));
  const { path } = decodeHmm(whole.model, data);
  const regimes = Array.from({ length: K }, (_, k) => `state${k + 1}`);
  const times = at.map((t) => bars.closeTime[t]!);
  const filtered = filterHmm(whole.model, data).shares.subarray(-K);
  const likeliest = filtered.indexOf(Math.max(...filtered));
  return {
    regimes,
    past: describePast("viterbi", path, times, regimes),
    statistics: regimeStatistics(path, regimes),
    now: {
      time: isoTime(times[times.length - 1]!),
      regime: regimes[likeliest]!,
      probability: filtered[likeliest]!,
      probabilities: Object.fromEntries(regimes.map((name, k) => [name, filtered[k]!])),
      by: "filtered probability of the hidden Markov model",
    },
    hmm: {
      columns: data.names,
      states: describeStates(whole, regimes),
      transition: whole.model.transition,
      logLikelihood: whole.logLikelihood,
      bic: whole.bic,
      tried: fits.map((f) => ({ states: f.model.initial.length, bic: f.bic, converged: f.converged })),
      converged: whole.converged,
      trials: whole.trials,
      unseen: judge(best, one, data, cut, times, context.seed),
      leftOut: bars.length - 1 - data.rows,
      saved: saveHmm(whole.model),
    },
  };
}

/** Log returns of the bars that have one, and which bars they are. */
function returnsOf(bars: BarSeries): { data: HmmRows; at: Float64Array } {
  const at: number[] = [];
  const values: number[] = [];
  for (let t = 1; t < bars.length; t++) {
    const r = Math.log(bars.close[t]! / bars.close[t - 1]!);
    if (!Number.isFinite(r)) continue;
    at.push(t);
    values.push(r);
  }
  if (at.length === 0)
    throw new DataError(
      `regimes: no bar of ${bars.instrument} has a return: give more bars, with prices above 0`,
    );
  return {
    data: { names: ["logReturn"], rows: at.length, values: Float64Array.from(values) },
    at: Float64Array.from(at),
  };
}

function describeStates({ model }: HmmFit, regimes: readonly string[]): HmmReport["states"] {
  return regimes.map((name, k) => {
    const stay = model.transition[k]![k]!;
    return {
      name,
      meanReturn: model.means[k]![0]!,
      deviation: Math.sqrt(model.covariances[k]![0]![0]!),
      stay,
      expectedBars: stay < 1 ? 1 / (1 - stay) : null,
    };
  });
}

function judge(
  best: HmmFit,
  one: HmmFit,
  data: HmmRows,
  cut: number,
  times: Float64Array,
  seed: number,
): HmmReport["unseen"] {
  const scores = filterHmm(best.model, data).logScores.subarray(cut);
  const plain = filterHmm(one.model, data).logScores.subarray(cut);
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  const gains = scores.map((s, i) => s - plain[i]!);
  // volatility comes in clusters: gains of neighbours are alike for about as long as a spell
  const stays = best.model.transition.map((row, k) => 1 / Math.max(1e-6, 1 - row[k]!));
  const spell = stays.reduce((a, b) => a + b, 0) / stays.length;
  const block = Math.min(blockLength(gains.length, spell), Math.max(1, Math.floor(gains.length / 8)));
  const drawn = blockBootstrap([gains], (sums, n) => sums[0]! / n, { block, seed, draws: 1000 });
  return {
    trainedRows: cut,
    rows: gains.length,
    from: isoTime(times[cut]!),
    logScore: mean(scores),
    gaussianLogScore: mean(plain),
    gain: mean(gains),
    interval: drawn?.interval ?? null,
  };
}
