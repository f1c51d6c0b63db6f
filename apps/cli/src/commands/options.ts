import { InvalidArgumentError } from "commander";

/** Parses an option that is a whole number of at least `least`. */
export function wholeNumber(option: string, least = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least) {
      throw new InvalidArgumentError(`${option} wants a whole number of at least ${least}`);
    }
    return value;
  };
}

/** Parses a list of symbols with commas between them; the pipeline checks each. */
export function symbolList(text: string): string[] {
  const symbols = text.split(",").map((symbol) => symbol.trim());
  if (symbols.some((symbol) => symbol === "")) {
    throw new InvalidArgumentError("--symbols wants symbols with commas between them, such as AAPL,MSFT");
  }
  return symbols;
}

const units: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Parses an amount of memory, such as 2GiB or 800MB, to bytes. */
export function memorySize(option: string): (text: string) => number {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(MB|GB|MiB|GiB)$/.exec(text) ?? [];
    const bytes = Math.floor(Number(amount) * (units[unit ?? ""] ?? Number.NaN));
    if (!(bytes > 0)) throw new InvalidArgumentError(`${option} wants an amount such as 2GiB or 800MB`);
    return bytes;
  };
}
