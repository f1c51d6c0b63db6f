import { SelectField } from "./Field.tsx";

interface RecipeFieldProps {
  testId: string;
  /** those to choose from; undefined while they are not known */
  names: readonly string[] | undefined;
  recipe: string;
  disabled?: boolean;
  onChoose: (recipe: string) => void;
}

/** Which recipe is looked at: the one of the address too, though nobody offers it. */
export function RecipeField({ names = [], recipe, onChoose, ...more }: RecipeFieldProps) {
  return (
    <SelectField label="Recipe" className="w-full sm:w-56" value={recipe} onChoose={onChoose} {...more}>
      {(names.includes(recipe) ? names : [recipe, ...names]).map((name) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  );
}
