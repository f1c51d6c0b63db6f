/**
 * The features of 1,453 stocks x 10 years of daily bars on all cores (budget 5 s a hundred columns) alone, without the import that
 * `universe` measures before it. Prints one JSON document.
 * The bars are made by a seeded block bootstrap of the sample's, taken as days.
 */
import { cpus } from "node:os";
import { HOUR_MS, MINUTE_MS } from "@orion/trade/core";
import { madeUniverse, resample } from "@orion/trade/market";
import { readBarFile, samplePath } from "@orion/trade/store";
import { stockFeatures } from "./measured/stockFeatures.ts";

const STOCKS = 1453;
const DAYS = 2520;

const { bars } = await readBarFile(samplePath(), "bars");
const series = [resample(bars, 5 * MINUTE_MS, 4 * HOUR_MS).bars];
const stocks = madeUniverse({ series }, { symbols: STOCKS, days: DAYS, seed: 8, blockDays: 20 });
const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;
console.log(JSON.stringify([{ ...(await stockFeatures(stocks)), machine }], undefined, 2));
