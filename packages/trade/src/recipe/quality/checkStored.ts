import { DataError, UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import {
  type BarsKnown,
  checkBars,
  checkFunding,
  checkMarket,
  checkSymbol,
  Findings,
  makeReport,
  type QualityReport,
  repairBars,
  tradingCalendarOf,
} from "../../market/index.ts";
import {
  type ImportNote,
  listSeries,
  readBars,
  readFunding,
  readImportNotes,
  readRepair,
  repairPaths,
  type StoredSeries,
  type Workspace,
  withWorkspaceLock,
  writeRepair,
} from "../../store/index.ts";
import { workspaceOf } from "../dataUse.ts";
import { loadUniverse } from "../loadUniverse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { canCompare, knownOf } from "./knownOf.ts";
import { openInterestReport } from "./openInterestReport.ts";

/** What is done sooner needs no progress bar. */
const QUICK_SECONDS = 2;

export interface CheckRequest {
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly market?: string;
  /** another stored series to compare with: `[MARKET:]SYMBOL[@TIMEFRAME]` */
  readonly against?: string;
  /** a universe by name or file: bars from before its listing dates are errors */
  readonly universe?: string;
  readonly repair?: boolean;
}

/** The repaired series beside the raw one. */
export interface RepairedReport {
  readonly path: string;
  readonly journal: string;
  readonly rows: number;
  readonly droppedBars: number;
  readonly movedBars: number;
  /** missed splits: factors proposed, not applied */
  readonly proposals: number;
  /** the raw bars have changed since: repair again */
  readonly outdated: boolean;
  /** made by this run */
  readonly isNew: boolean;
  readonly ok: boolean;
  readonly checks: QualityReport["checks"];
  readonly targets: QualityReport["targets"];
}

export interface StoredReport extends QualityReport {
  readonly source: string;
  /** null where nothing was repaired */
  readonly repaired: RepairedReport | null;
}

/**
 * The quality of what is stored, one series after another. With `repair`, bars that need it are written once more,
 * repaired, beside the raw ones, which are never touched.
 * @throws DataError when nothing matches, or `against` is not stored
 */
export async function checkStored(
  context: PipelineContext,
  request: CheckRequest,
  onProgress: OnProgress = () => undefined,
): Promise<StoredReport[]> {
  const workspace = await workspaceOf(context);
  const all = await listSeries(workspace);
  const chosen = choose(all, request);
  const against = request.against === undefined ? null : seriesNamed(all, chosen, request.against, request);
  const notes = await readImportNotes(workspace);
  const listed = await listingTimes(request.universe);
  const started = context.now();
  const work = async (): Promise<StoredReport[]> => {
    const reports: StoredReport[] = [];
    for (const [done, stored] of chosen.entries()) {
      context.signal?.throwIfAborted();
      const spent = (context.now() - started) / 1000;
      const secondsLeft = done === 0 ? null : (spent / done) * (chosen.length - done);
      if (spent > QUICK_SECONDS) {
        onProgress({ stage: "checking", done, total: chosen.length, secondsLeft, note: stored.symbol });
      }
      const listedAt = listed.get(`${stored.market} ${stored.symbol}`) ?? null;
      const repair = request.repair ?? false;
      reports.push(await reportOf(workspace, stored, all, { against, notes, listedAt, repair }));
    }
    return reports;
  };
  return request.repair ? withWorkspaceLock(workspace, "data check --repair", work) : work();
}

async function reportOf(
  workspace: Workspace,
  stored: StoredSeries,
  all: readonly StoredSeries[],
  how: {
    against: StoredSeries | null;
    notes: readonly ImportNote[];
    listedAt: number | null;
    repair: boolean;
  },
): Promise<StoredReport> {
  const { source } = stored;
  if (stored.kind === "funding") {
    return { ...(await fundingReport(workspace, stored, how.notes)), source, repaired: null };
  }
  if (stored.kind === "openInterest") {
    return { ...(await openInterestReport(workspace, stored)), source, repaired: null };
  }
  const barMs = timeframeMs(stored.timeframe!);
  const key = { symbol: stored.symbol, timeframe: stored.timeframe!, market: stored.market };
  const kind = stored.kind === "mark" ? ("mark" as const) : ("bars" as const);
  const bars = await readBars(workspace, { ...key, kind });
  const known = { ...(await knownOf(workspace, stored, all, how.against)), listedAt: how.listedAt };
  const report = checkBars(bars, barMs, known);
  if (kind === "mark") return { ...report, source, repaired: null };
  if (how.repair) {
    const repair = repairBars(bars, barMs, tradingCalendarOf(stored.market));
    if (repair.journal.length > 0) {
      await writeRepair(workspace, key, { bars, source, sha256: stored.sha256 }, repair.bars, repair.journal);
    }
  }
  return { ...report, source, repaired: await repairedReport(workspace, stored, known, how.repair) };
}

async function repairedReport(
  workspace: Workspace,
  stored: StoredSeries,
  known: BarsKnown,
  isNew: boolean,
): Promise<RepairedReport | null> {
  const key = { symbol: stored.symbol, timeframe: stored.timeframe!, market: stored.market };
  const repair = await readRepair(workspace, key);
  if (!repair) return null;
  const { ok, checks, targets } = checkBars(repair.bars, timeframeMs(key.timeframe), known);
  const { path, journalPath } = repairPaths(workspace, key);
  const applied = repair.journal.filter((e) => e.applied);
  const outdated = repair.rawSha256 !== stored.sha256;
  return {
    path,
    journal: journalPath,
    rows: repair.bars.length,
    droppedBars: applied.filter((e) => e.column === "close" && e.after === null).length,
    movedBars: applied.filter((e) => e.column === "time").length,
    proposals: repair.journal.length - applied.length,
    outdated,
    isNew: isNew && !outdated,
    ok,
    checks,
    targets,
  };
}

async function fundingReport(
  workspace: Workspace,
  stored: StoredSeries,
  notes: readonly ImportNote[],
): Promise<QualityReport> {
  const funding = await readFunding(workspace, { symbol: stored.symbol, market: stored.market });
  const findings = new Findings();
  checkFunding(funding, findings);
  for (const note of notes) {
    if (note.kind !== "funding" || note.symbol !== stored.symbol || note.market !== stored.market) continue;
    findings.add("offHour", note.from, note.to, note.count, `${note.note} (${note.file})`);
  }
  const { length, time } = funding;
  return makeReport({
    head: {
      symbol: stored.symbol,
      market: stored.market,
      kind: "funding",
      timeframe: null,
      rows: length,
      calendar: null,
      comparisons: [],
    },
    from: length > 0 ? time[0]! : null,
    to: length > 0 ? time[length - 1]! : null,
    findings,
    made: ["interval", "offHour", "extremeRate", "impossibleRate"],
    looked: {},
    missingShare: null,
    outlierShare: length === 0 ? 0 : findings.count("impossibleRate") / length,
  });
}

/** The first day of trade that a universe records, ms UTC, by market and symbol. */
async function listingTimes(universe: string | undefined): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  if (universe === undefined) return times;
  for (const { symbol, market, listed } of (await loadUniverse(universe)).members) {
    if (listed === null) continue;
    const key = `${market} ${symbol}`;
    times.set(key, Math.min(times.get(key) ?? Number.POSITIVE_INFINITY, Date.parse(listed)));
  }
  return times;
}

function choose(all: readonly StoredSeries[], request: CheckRequest): StoredSeries[] {
  const symbol = request.symbol === undefined ? undefined : checkSymbol(request.symbol);
  const market = request.market === undefined ? undefined : checkMarket(request.market);
  const barMs = request.timeframe === undefined ? undefined : timeframeMs(request.timeframe);
  const chosen = all.filter(
    (s) =>
      (symbol === undefined || s.symbol === symbol) &&
      (market === undefined || s.market === market) &&
      (barMs === undefined || (s.timeframe !== null && timeframeMs(s.timeframe) === barMs)),
  );
  if (chosen.length > 0) return chosen;
  const what = [
    symbol && `of ${symbol}`,
    request.timeframe && `at ${request.timeframe}`,
    market && `(${market})`,
  ];
  const told = what.filter((w) => w).map((w) => ` ${w}`);
  throw new DataError(`no bars${told.join("")} are stored: see ./orion data list`);
}

/** The one stored series of bars that `[MARKET:]SYMBOL[@TIMEFRAME]` names; without a timeframe the request's own. */
function seriesNamed(
  all: readonly StoredSeries[],
  chosen: readonly StoredSeries[],
  text: string,
  request: CheckRequest,
): StoredSeries {
  const match = /^(?:([a-z]+):)?([^:@]+)(?:@([^@]+))?$/.exec(text.trim());
  if (!match) {
    throw new UsageError(
      `--against '${text}' is not understood: write [MARKET:]SYMBOL[@TIMEFRAME], such as spot:BTCUSDT@5m`,
    );
  }
  if (request.symbol === undefined) {
    throw new UsageError("--against compares one symbol with another series: say which one with --symbol");
  }
  const market = match[1] === undefined ? undefined : checkMarket(match[1]);
  const symbol = checkSymbol(match[2]!);
  const timeframe = match[3] ?? request.timeframe;
  const found = all.filter(
    (s) =>
      s.kind === "bars" &&
      s.symbol === symbol &&
      !(chosen.length === 1 && s.path === chosen[0]!.path) &&
      (market === undefined || s.market === market) &&
      (timeframe === undefined || timeframeMs(s.timeframe!) === timeframeMs(timeframe)),
  );
  const [only, another] = found;
  if (!only) throw new DataError(`--against ${text}: no such bars are stored; see ./orion data list`);
  if (another) {
    const names = found.map((s) => `${s.market}:${s.symbol}@${s.timeframe}`);
    throw new UsageError(`--against ${text} may be ${names.join(" or ")}: say which`);
  }
  if (!chosen.some((s) => canCompare(s, only))) {
    const wanted = "it has to share times with what is checked, in bars of the same length or a part of it";
    throw new DataError(`--against ${text}: ${wanted}; see ./orion data list`);
  }
  return only;
}
