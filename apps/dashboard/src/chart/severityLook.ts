/** How a severity looks: errors have the tallest tab at a band's top, so that colour is not all that tells them apart. */
export const severityLook = {
  error: { colour: "sell", tabPx: 14, text: "text-sell", swatch: "h-3.5 bg-sell" },
  warning: { colour: "warn", tabPx: 9, text: "text-warn", swatch: "h-2.5 bg-warn" },
  note: { colour: "hold", tabPx: 5, text: "text-hold", swatch: "h-1.5 bg-hold" },
} as const;
