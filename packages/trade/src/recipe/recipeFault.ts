/** What is wrong in a recipe, and under which key. */
export interface RecipeFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** a key that is not known, inside `path` */
  readonly unknownKey?: string;
}
