/**
 * Closes and what outside calculators made of them, from the public test data of QuantConnect's LEAN (Apache-2.0),
 * Tests/TestData/spy_with_indicators.txt: Dow Jones closes from 2013-01-09, printed with seven digits.
 */
export const LEAN_CLOSE = Float64Array.of(
  13390.51,
  13471.22,
  13488.43,
  13507.32,
  13534.89,
  13511.23,
  13596.02,
  13649.7,
  13712.21,
  13779.33,
  13825.33,
  13895.98,
  13881.93,
  13954.42,
  13910.42,
  13860.58,
  14009.79,
  13880.08,
  13979.3,
  13986.52,
  13944.05,
  13992.97,
  13971.24,
  14018.7,
  13982.91,
  13973.39,
  13981.76,
  14035.67,
  13927.54,
  13880.62,
  14000.57,
);
/** rows 14 to 22 */
export const LEAN_RSI14 = [
  88.04238, 81.63051, 85.12351, 72.26, 75.33095, 75.54313, 71.63991, 73.34813, 71.29391,
];
/** rows 13 to 21 */
export const LEAN_SMA14 = [
  13657.04, 13694.17, 13721.99, 13759.22, 13785.85, 13817.59, 13851.54, 13876.4, 13900.92,
];
/** rows 25 to 30 */
export const LEAN_MACD = [139.5094, 132.8266, 130.3776, 118.3474, 103.8304, 100.8421];
