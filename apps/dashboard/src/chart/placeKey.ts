/** Tells a place of trouble from the others of its series. */
export function placeKey({ from, to, kind }: { from: string; to: string; kind: string }): string {
  return `${from} ${to} ${kind}`;
}
