/**
 * The eleven sectors of the Global Industry Classification Standard (MSCI and S&P), each with the Select Sector SPDR fund
 * that holds the S&P 500's companies of it. XLRE trades since 2015-10-08 and XLC since 2018-06-19; before that their
 * companies were in XLF, XLK and XLY, and there is no fund to compare with.
 */
export const GICS_SECTORS = {
  "Communication Services": "XLC",
  "Consumer Discretionary": "XLY",
  "Consumer Staples": "XLP",
  Energy: "XLE",
  Financials: "XLF",
  "Health Care": "XLV",
  Industrials: "XLI",
  "Information Technology": "XLK",
  Materials: "XLB",
  "Real Estate": "XLRE",
  Utilities: "XLU",
} as const;

export type GicsSector = keyof typeof GICS_SECTORS;

/** The index funds and the volatility index that stocks are seen beside. */
export const MARKET_CONTEXT = ["SPY", "QQQ", "IWM", "VIX"] as const;

/** All context of US stocks: `MARKET_CONTEXT` and the eleven sector funds. */
export const CONTEXT_INSTRUMENTS: readonly string[] = [...MARKET_CONTEXT, ...Object.values(GICS_SECTORS)];
