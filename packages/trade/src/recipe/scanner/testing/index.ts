export { TINY_SYMBOLS, tinyScanner, tinyScannerRecipe } from "./tinyScanner.ts";
