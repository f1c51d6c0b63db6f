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
