export * from "./calendarOf.ts";
export * from "./sessionCalendar.ts";
export * from "./zoneOffset.ts";
