import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { DAY_MS, isoTime } from "../../core/time.ts";
import { checkSymbol, MARKETS } from "../instrument.ts";
import { GICS_SECTORS, type GicsSector } from "./gicsSectors.ts";

const day = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isRealDay(text),
    "is no day: write YYYY-MM-DD, such as 2010-06-29",
  );
const optionalDay = z.union([z.literal("").transform(() => null), day.nullable()]);

/** One line of a universe file: one period of one symbol. */
export const memberSchema = z
  .strictObject({
    symbol: z.string().transform((text, context) => {
      try {
        return checkSymbol(text);
      } catch {
        context.addIssue({ code: "custom", message: `'${text}' is no symbol` });
        return z.NEVER;
      }
    }),
    name: z.string().default(""),
    market: z.enum(MARKETS),
    /** GICS; null where it has none, as crypto */
    sector: z
      .union([
        z.literal("").transform(() => null),
        z.enum(Object.keys(GICS_SECTORS) as [GicsSector, ...GicsSector[]]),
      ])
      .default(null),
    /** first day of trade; null: not recorded, and no later than `known` */
    listed: optionalDay.default(null),
    /** first day without trade; null while it trades */
    delisted: optionalDay.default(null),
    /** from this day on it could be known that the symbol belongs to this universe */
    known: day,
  })
  .refine((m) => m.delisted === null || m.delisted > firstDay(m), {
    path: ["delisted"],
    message: "has to lie after `listed` and `known`: the symbol would never be in the universe",
  });

/** A symbol's period in a universe: from the later of `listed` and `known`, until the day before `delisted`. */
export type Member = z.output<typeof memberSchema>;

/** The symbols of a strategy, point in time: who belonged to it on a day, as could be known on that day. */
export interface Universe {
  readonly name: string;
  /** by symbol, and by time within a symbol */
  readonly members: readonly Member[];
}

/**
 * Orders the members and checks that periods of one symbol do not overlap.
 * @param place of a member, for the error
 * @throws UsageError that names the symbol
 */
export function makeUniverse(
  name: string,
  members: readonly Member[],
  place: (member: Member) => string = (m) => m.symbol,
): Universe {
  if (members.length === 0) throw new UsageError(`universe ${name} has no symbols: write at least one`);
  const key = (m: Member): string => `${m.symbol}\0${m.market}\0${firstDay(m)}`;
  const ordered = members.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  for (let i = 1; i < ordered.length; i++) {
    const before = ordered[i - 1]!;
    const after = ordered[i]!;
    if (before.symbol !== after.symbol || before.market !== after.market) continue;
    if (before.delisted === null || before.delisted > firstDay(after)) {
      throw new UsageError(
        `${place(after)}: ${after.symbol} (${after.market}) is in the universe twice at ${firstDay(after)}: end its earlier period with \`delisted\`, or remove a line`,
      );
    }
  }
  return { name, members: ordered };
}

/** The members at a moment (ms UTC): listed by then, known by then, and not yet delisted. Days begin at midnight UTC. */
export function membersAt(universe: Universe, time: number): Member[] {
  if (!Number.isFinite(time)) throw new UsageError(`universe ${universe.name}: ${time} is no time`);
  return universe.members.filter((m) => {
    const { from, to } = memberPeriod(m);
    return from <= time && time < to;
  });
}

/** When a member is in the universe: [from, to) in ms UTC; `to` is infinite while it trades. */
export function memberPeriod(member: Member): { from: number; to: number } {
  return {
    from: Date.parse(firstDay(member)),
    to: member.delisted === null ? Number.POSITIVE_INFINITY : Date.parse(member.delisted),
  };
}

/**
 * The symbols of one market that are in the universe at some moment of [from, to), in alphabetical order.
 * Without a range all that ever are: such a list looks ahead unless each symbol's rows are cut to `memberPeriod`.
 */
export function universeSymbols(
  universe: Universe,
  which: { readonly market?: Member["market"]; readonly from?: number; readonly to?: number } = {},
): string[] {
  const { market, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = which;
  const found = universe.members.filter((m) => {
    const period = memberPeriod(m);
    return (market === undefined || m.market === market) && period.from < to && period.to > from;
  });
  return [...new Set(found.map((m) => m.symbol))].sort();
}

/** The first day of a member's period. */
function firstDay(m: { readonly listed: string | null; readonly known: string }): string {
  return m.listed !== null && m.listed > m.known ? m.listed : m.known;
}

function isRealDay(text: string): boolean {
  const time = Date.parse(text);
  return Number.isFinite(time) && time % DAY_MS === 0 && isoTime(time).startsWith(text);
}
