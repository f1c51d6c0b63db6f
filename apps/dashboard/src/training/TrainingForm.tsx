import { type TrainingStatus, TrainProfile } from "@orion/trade/wire";
import { Play, RotateCw, Square } from "lucide-react";
import { useState } from "react";
import { useCancelTraining, useRecipes, useStartTraining } from "../api/queries.ts";
import { ErrorNote } from "../layout/notes.tsx";

const defaultRecipe = "orionquant";

const profileText: Record<TrainProfile, string> = {
  quick: "quick (under 90 s)",
  default: "default (minutes)",
  full: "full (as the recipe says)",
};

export function TrainingForm({ status }: { status: TrainingStatus | undefined }) {
  const start = useStartTraining();
  const cancel = useCancelTraining();
  const recipes = useRecipes();
  const [recipe, setRecipe] = useState(defaultRecipe);
  const [profile, setProfile] = useState<TrainProfile>("default");
  const isRunning = status?.state === "running";
  const canResume = status?.state === "cancelled" || status?.state === "failed";
  const fault = start.error ?? cancel.error ?? recipes.error;
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        cancel.reset();
        start.mutate({ recipe, profile });
      }}
    >
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-end">
        <label className="field">
          Recipe
          <select
            className="input"
            data-testid="train-recipe"
            value={recipe}
            disabled={isRunning}
            onChange={(event) => setRecipe(event.target.value)}
          >
            {(recipes.data ?? []).map(({ name, symbol, timeframe, horizonBars }) => (
              <option key={name} value={name}>
                {`${name} (${symbol} ${timeframe}, ${horizonBars} ${horizonBars === 1 ? "bar" : "bars"} ahead)`}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Profile
          <select
            className="input"
            data-testid="train-profile"
            value={profile}
            disabled={isRunning}
            onChange={(event) => setProfile(TrainProfile.parse(event.target.value))}
          >
            {TrainProfile.options.map((name) => (
              <option key={name} value={name}>
                {profileText[name]}
              </option>
            ))}
          </select>
        </label>
        <div className="flex gap-2">
          {isRunning ? (
            <button
              type="button"
              className="button"
              data-testid="train-cancel"
              disabled={cancel.isPending || cancel.isSuccess}
              onClick={() => cancel.mutate()}
            >
              <Square aria-hidden className="size-4" />
              {cancel.isSuccess ? "Stopping…" : "Cancel"}
            </button>
          ) : (
            <button
              type="submit"
              className="button button-primary"
              data-testid="train-start"
              disabled={start.isPending}
            >
              <Play aria-hidden className="size-4" />
              {start.isPending ? "Starting…" : "Train"}
            </button>
          )}
          {canResume && status.recipe && status.profile && (
            <button
              type="button"
              className="button"
              data-testid="train-resume"
              disabled={start.isPending}
              onClick={() => {
                cancel.reset();
                start.mutate({ recipe: status.recipe!, profile: status.profile!, resume: true });
              }}
            >
              <RotateCw aria-hidden className="size-4" />
              Resume
            </button>
          )}
        </div>
      </div>
      {fault && <ErrorNote error={fault} />}
    </form>
  );
}
