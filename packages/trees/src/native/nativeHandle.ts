import { TreesUsageError } from "../errors.ts";

const forgotten = new FinalizationRegistry<() => void>((free) => free());

/**
 * An object of a native library. It is freed by `close` or at the end of a `using` block; one that was forgotten is freed
 * when the garbage collector finds it.
 */
export class NativeHandle {
  readonly #what: string;
  readonly #free: () => void;
  #pointer: bigint | null;

  constructor(what: string, pointer: bigint, free: (pointer: bigint) => unknown) {
    this.#what = what;
    this.#pointer = pointer;
    this.#free = () => {
      free(pointer);
    };
    forgotten.register(this, this.#free, this);
  }

  /** @throws TreesUsageError after `close`: the library would read freed memory */
  get pointer(): bigint {
    if (this.#pointer === null) throw new TreesUsageError(`the ${this.#what} is closed`);
    return this.#pointer;
  }

  /** Frees it; a second time does nothing. */
  close(): void {
    if (this.#pointer === null) return;
    this.#pointer = null;
    forgotten.unregister(this);
    this.#free();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
