/** How much a column has drifted, in a word and a colour. */
export const readingLook = {
  little: { text: "little drift", className: "" },
  some: { text: "some drift", className: "text-warn" },
  major: { text: "major change", className: "font-medium text-sell" },
  "not judged": { text: "not judged", className: "text-muted" },
} as const;
