import type { Indicator } from "../registry/indicator.ts";
import { hourIndicator } from "./hour.ts";
import { monthIndicator } from "./month.ts";
import { sessionIndicator } from "./session.ts";
import { weekdayIndicator } from "./weekday.ts";

export const timeIndicators: readonly Indicator[] = [
  hourIndicator,
  weekdayIndicator,
  monthIndicator,
  sessionIndicator,
];
