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
