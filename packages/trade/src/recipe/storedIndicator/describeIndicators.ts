import { z } from "zod";
import { type Indicator, type InputColumn, indicatorFamilies } from "../../features/index.ts";
import { BESIDE, type BesideKind } from "../../market/bars.ts";
import type { IndicatorInfo, IndicatorParam, IndicatorsResponse } from "../../wire/indicator.ts";
import { outputPlaces } from "./outputPlaces.ts";

/** What bars hold, and what can be stored beside them. */
const BAR_COLUMNS: readonly InputColumn[] = ["time", "open", "high", "low", "close", "volume"];
const BESIDE_COLUMNS: readonly InputColumn[] = BESIDE;

let made: IndicatorsResponse | undefined;

/** Every indicator that stored bars, and what is stored beside them, can feed, with its parameters and where its outputs are drawn; and the others by name. */
export async function describeIndicators(): Promise<IndicatorsResponse> {
  made ??= describe();
  return made;
}

/** What an indicator reads that is stored neither as bars nor beside them. */
export function missingInputs(part: Pick<Indicator, "inputs">): InputColumn[] {
  return part.inputs.filter((input) => !BAR_COLUMNS.includes(input) && !BESIDE_COLUMNS.includes(input));
}

/** What it reads that is stored beside bars. */
export function besideInputs(part: Pick<Indicator, "inputs">): BesideKind[] {
  return BESIDE.filter((kind) => part.inputs.includes(kind));
}

function describe(): IndicatorsResponse {
  const all = Object.entries(indicatorFamilies).flatMap(([family, parts]) =>
    parts.map((part) => ({ family, part, needs: missingInputs(part) })),
  );
  return {
    indicators: all
      .filter(({ needs }) => needs.length === 0)
      .map(({ family, part }): IndicatorInfo => {
        const { name, title, formula, source } = part;
        const { lookback } = part.create();
        return {
          ...{ family, name, title, formula, source },
          params: paramsOf(part),
          beside: besideInputs(part),
          outputs: outputPlaces(part),
          lookback: Number.isFinite(lookback) ? lookback : null,
        };
      }),
    unavailable: all
      .filter(({ needs }) => needs.length > 0)
      .map(({ part, needs }) => ({ name: part.name, needs: [...needs] })),
  };
}

/** As far as a form needs to know them; whether a value fits is said by the indicator itself. */
const ParamSchema = z.object({
  type: z.enum(["integer", "number", "string", "boolean"]),
  default: z.union([z.number(), z.string(), z.boolean()]),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
});
const kinds = { integer: "count", number: "number", string: "choice", boolean: "switch" } as const;

function paramsOf(part: Indicator): IndicatorParam[] {
  const { properties = {} } = z.toJSONSchema(part.params, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const found = ParamSchema.parse(property);
    return {
      name,
      kind: kinds[found.type],
      preset: found.default,
      least: found.minimum ?? null,
      most: found.maximum ?? null,
      choices: found.enum ?? [],
    };
  });
}
