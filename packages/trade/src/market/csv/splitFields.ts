/**
 * The fields of one CSV line (RFC 4180 within a line: `"a, ""b"""` is `a, "b"`).
 * Null when a quote is not closed: a field never goes over several lines here.
 */
export function splitFields(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let field = "";
      let from = at + 1;
      for (;;) {
        const quote = line.indexOf('"', from);
        if (quote < 0) return null;
        field += line.slice(from, quote);
        from = quote + 1;
        if (line[from] !== '"') break;
        field += '"';
        from++;
      }
      fields.push(field);
      at = from;
      if (at < line.length && !line.startsWith(delimiter, at)) return null;
    } else {
      const end = line.indexOf(delimiter, at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return fields;
    at += delimiter.length;
  }
}
