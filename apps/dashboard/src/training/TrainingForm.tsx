import { type TrainingStatus, TrainProfile } from "@orion/trade/wire";
import { Play } from "lucide-react";
import { useState } from "react";
import { useCancelTraining, useRecipes, useStartTraining } from "../api/queries.ts";
import { SelectField } from "../form/Field.tsx";
import { JobButtons } from "../form/JobButtons.tsx";
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
        <SelectField
          label="Recipe"
          testId="train-recipe"
          value={recipe}
          disabled={isRunning}
          onChoose={setRecipe}
        >
          {(recipes.data ?? []).map(({ name, symbol, timeframe, horizonBars }) => (
            <option key={name} value={name}>
              {`${name} (${symbol} ${timeframe}, ${horizonBars} ${horizonBars === 1 ? "bar" : "bars"} ahead)`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Profile"
          testId="train-profile"
          value={profile}
          disabled={isRunning}
          onChoose={(name) => setProfile(TrainProfile.parse(name))}
        >
          {TrainProfile.options.map((name) => (
            <option key={name} value={name}>
              {profileText[name]}
            </option>
          ))}
        </SelectField>
        <div className="flex gap-2">
          <JobButtons
            name="train"
            isRunning={isRunning}
            start={{ text: "Train", Icon: Play, isPending: start.isPending }}
            cancel={cancel}
            onResume={
              canResume && status.recipe && status.profile
                ? () => {
                    cancel.reset();
                    start.mutate({ recipe: status.recipe!, profile: status.profile!, resume: true });
                  }
                : undefined
            }
          />
        </div>
      </div>
      {fault && <ErrorNote error={fault} />}
    </form>
  );
}
