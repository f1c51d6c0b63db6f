import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { BAR_COLUMNS, type Panel } from "../../market/bars.ts";
import { dailyPanel } from "../dailyPanel.ts";
import { featureContract, randomPanel } from "../featureContract.ts";
import { featureParts } from "../index.ts";
import { expectScaleFree } from "../scaleContract.ts";

const make = (options: object = {}) =>
  createPart(featureParts, { kind: "hybrid60", ...options }, "features.0");
const CONTEXT = ["SPY", "QQQ", "VIX"];

function columnsOf(panel: Panel, feature = make()): Record<string, Float32Array> {
  const columns = feature.compute(panel);
  return Object.fromEntries(feature.columns.map((name, f) => [name, columns[f]!]));
}

describe("hybrid60", () => {
  featureContract(make, { tailTolerance: 1e-6, context: CONTEXT });

  it("has 60 columns, 62 with a sector fund, and a memory of one year", () => {
    expect(make().columns).toHaveLength(60);
    expect(make().lookback).toBe(252);
    const withSector = make({ context: [...CONTEXT, "XLK"] });
    expect(withSector.columns.slice(0, 60)).toEqual(make().columns);
    expect(withSector.columns.slice(60)).toEqual(["beta60XLK", "relativeStrength20XLK"]);
  });

  it("refuses a configuration that is none, and a panel without the instrument", () => {
    expect(() => make({ context: ["SPY", "QQQ"] })).toThrow(/features\.0\.context/);
    expect(() => make({ context: ["SPY", "QQQ", "SPY"] })).toThrow(/features\.0\.context.*twice/);
    expect(() => make({ contexts: CONTEXT })).toThrow(/contexts/);
    const sector = make({ context: [...CONTEXT, "XLE"] });
    expect(() => sector.compute(randomPanel(1, 10, CONTEXT))).toThrow(/no context 'XLE'.*SPY, QQQ, VIX/);
  });

  it("does not see the unit of the target's prices or of its volume", () => {
    const units = fc.constantFrom({ price: 1000, volume: 10 }, { price: 1 / 7, volume: 1e-3 });
    fc.assert(
      fc.property(fc.nat(1000), units, (seed, unit) => {
        expectScaleFree(make(), randomPanel(seed, 500, CONTEXT), unit);
      }),
      { numRuns: 8 },
    );
  });

  it("tells of the target and its market what hybridCore tells where both tell it", () => {
    const core = createPart(featureParts, { kind: "hybridCore" }, "features.0");
    const panel = randomPanel(11, 600, CONTEXT);
    const wanted = columnsOf(panel, core);
    const got = columnsOf(panel);
    const shared = core.columns.filter((name) => make().columns.includes(name));
    expect(shared.length).toBeGreaterThanOrEqual(30);
    for (const name of shared) {
      for (let t = 260; t < panel.length; t++) {
        expect(got[name]![t]!, `${name}[${t}]`).toBeCloseTo(wanted[name]![t]!, 5);
      }
    }
  });

  it("says what hand can say of a share that gains 1 a day", () => {
    const rest = () => 60;
    const columns = columnsOf(dailyPanel(301, { T: (t) => 1000 + t, SPY: rest, QQQ: rest, VIX: rest }));
    const last = (name: string) => columns[name]![300]!;
    expect(last("logReturn10")).toBeCloseTo(Math.log(1300 / 1290), 7);
    expect(last("momentum252x21")).toBeCloseTo(Math.log(1279 / 1048), 7);
    // The lowest low of 252 bars is the close of the day before them.
    expect(last("lowDistance252")).toBeCloseTo(1300 / 1048 - 1, 6);
    expect(last("highDistance252")).toBe(0);
    // An average of n lags (n - 1) / 2 days behind a straight line.
    expect(last("smaDistance200")).toBeCloseTo(1300 / 1200.5 - 1, 6);
    expect(last("emaDistance20")).toBeCloseTo(1300 / 1290.5 - 1, 6);
    expect(last("adx7")).toBeCloseTo(100, 4);
    expect(last("minusDi7")).toBe(0);
    expect(last("aroonOscillator25")).toBe(100);
    expect(last("mfi14")).toBe(100);
    // True range 1, twice it above and below an EMA of 20.
    expect(last("keltnerUpperDistance20")).toBeCloseTo(1300 / 1292.5 - 1, 6);
    expect(last("keltnerLowerDistance20")).toBeCloseTo(1300 / 1288.5 - 1, 6);
    expect(last("force20")).toBe(1);
    expect(last("beta60SPY")).toBe(0);
    expect(last("relativeStrength20SPY")).toBeCloseTo(Math.log(1300 / 1280), 6);
  });

  it("misses only what reads the VIX where the VIX is missing", () => {
    const panel = randomPanel(5, 420, CONTEXT);
    for (const name of BAR_COLUMNS) panel.series[3]![name][410] = Number.NaN;
    const missing = Object.entries(columnsOf(panel)).filter(([, column]) => Number.isNaN(column[410]!));
    expect(missing.map(([name]) => name)).toEqual(["zScore252VIX", "logChange1VIX"]);
  });
});
