import { isoTime } from "../../core/time.ts";
import type { HmmFit, RegimeScores, RegimeStatistics } from "../../models/index.ts";
import type { RegimeQuery } from "./regimeQuery.ts";

/** Bars in a row in one regime. Times are the closes of the first and the last, ISO 8601 UTC. */
export interface Spell {
  readonly regime: string;
  readonly from: string;
  readonly to: string;
  readonly bars: number;
}

/** What the past was, told afterwards: no bar's regime was known at its own close. */
export interface RegimePast {
  readonly method: "rule" | "viterbi";
  readonly looksAhead: true;
  /** bars with a regime */
  readonly rows: number;
  /** oldest first */
  readonly spells: readonly Spell[];
  /** place in `regimes` of the newest bars that have one, oldest first */
  readonly recent: readonly number[];
}

/** What can be said at the newest bar's close from bars up to it. */
export interface RegimeNow {
  readonly time: string;
  readonly regime: string;
  readonly probability: number;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly by: string;
}

/** The last regime that the rule knows, and when it knew it. */
export interface LastKnown {
  readonly regime: string;
  readonly at: string;
  readonly knownAt: string;
}

export interface ClassifierReport {
  readonly model: string;
  readonly trainedRows: number;
  readonly validationRows: number;
  readonly unseen: { readonly from: string; readonly to: string; readonly folds: readonly object[] };
  readonly scores: RegimeScores;
  /** by group of columns: how much the log loss of unseen rows rises when it is shuffled, the most first */
  readonly importance: readonly {
    readonly group: string;
    readonly columns: readonly string[];
    readonly lossRise: number;
    readonly interval: { readonly low: number; readonly high: number };
  }[];
  readonly columnImportance: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly notes: readonly string[];
}

export interface HmmReport {
  readonly columns: readonly string[];
  readonly states: readonly {
    readonly name: string;
    /** of a bar's log return */
    readonly meanReturn: number;
    readonly deviation: number;
    /** P(stay), and 1 / (1 - P(stay)) bars */
    readonly stay: number;
    readonly expectedBars: number | null;
  }[];
  readonly transition: readonly (readonly number[])[];
  readonly logLikelihood: number;
  readonly bic: number;
  /** by number of states, of the rows that the number was chosen on; one entry where it was given */
  readonly tried: readonly { readonly states: number; readonly bic: number; readonly converged: boolean }[];
  readonly converged: boolean;
  readonly trials: HmmFit["trials"];
  /** mean ln P(bar | bars before it) of unseen bars under a model of the bars before them all, less that of one Gaussian */
  readonly unseen: {
    readonly trainedRows: number;
    readonly rows: number;
    readonly from: string;
    readonly logScore: number;
    readonly gaussianLogScore: number;
    readonly gain: number;
    readonly interval: { readonly low: number; readonly high: number } | null;
  };
  /** bars without a return, left out */
  readonly leftOut: number;
  /** opens again with `openHmm` */
  readonly saved: string;
}

export interface RegimeReport {
  readonly symbol: string;
  readonly timeframe: string;
  readonly market: string;
  readonly prices: RegimeQuery["prices"];
  readonly method: RegimeQuery["method"];
  readonly seed: number;
  readonly bars: number;
  readonly from: string;
  readonly to: string;
  readonly regimes: readonly string[];
  /** of each in a line; null for hidden states, which mean what `hmm.states` says */
  readonly meanings: Readonly<Record<string, string>> | null;
  readonly past: RegimePast;
  readonly statistics: RegimeStatistics;
  /** null for the rule, which needs later bars */
  readonly now: RegimeNow | null;
  readonly lastKnown: LastKnown | null;
  readonly rule: Readonly<Record<string, unknown>> | null;
  readonly classifier: ClassifierReport | null;
  readonly hmm: HmmReport | null;
}

const RECENT = 100;

/** The past as spells. @param states [T] places in `regimes`, -1 without one */
export function describePast(
  method: RegimePast["method"],
  states: Int32Array,
  closeTime: Float64Array,
  regimes: readonly string[],
): RegimePast {
  const spells: Spell[] = [];
  let rows = 0;
  for (let from = 0; from < states.length; ) {
    let to = from + 1;
    while (to < states.length && states[to] === states[from]) to++;
    if (states[from]! >= 0) {
      rows += to - from;
      spells.push({
        regime: regimes[states[from]!]!,
        from: isoTime(closeTime[from]!),
        to: isoTime(closeTime[to - 1]!),
        bars: to - from,
      });
    }
    from = to;
  }
  return {
    method,
    looksAhead: true,
    rows,
    spells,
    recent: Array.from(states.filter((s) => s >= 0).slice(-RECENT)),
  };
}
