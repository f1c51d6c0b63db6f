import * as recipe from "@orion/trade/recipe";
import { serveTask } from "./serveTask.ts";

/** The entry of a worker thread: the only place in the server that loads the work itself. */
export default serveTask({ ...recipe, trainRecipe: recipe.trainAnyRecipe });
