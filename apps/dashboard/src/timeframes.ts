export const timeframes = ["5m", "15m", "1h", "4h", "1d"] as const;
