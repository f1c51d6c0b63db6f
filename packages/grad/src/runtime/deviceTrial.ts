// Run as a process of its own by `tryDevice`: a driver that dies takes this process with it and no other.
import { emptyBatch } from "../training/batchSource.ts";
import { createTrainingProgram } from "../training/createTrainingProgram.ts";
import { tinyTransformer, waveSource } from "../training/tinyTransformer.ts";
import { DEVICES, type Device } from "./device.ts";

/** Two steps of a small Transformer; what the second one tells depends on all that the first one wrote. */
async function numbersOf(device: Device): Promise<number[]> {
  const program = await createTrainingProgram({ ...tinyTransformer({ dropout: 0 }), device });
  try {
    const batch = emptyBatch(program.spec, program.spec.batch);
    waveSource(program.spec.batch).gather(
      Int32Array.from({ length: program.spec.batch }, (_, i) => i),
      batch,
    );
    const first = await program.step(batch, 0.01);
    const second = await program.step(batch, 0.01);
    const { loss } = await program.evaluate(batch, program.spec.batch);
    return [first.loss, first.gradientNorm, second.loss, second.gradientNorm, loss];
  } finally {
    await program.close();
  }
}

const device = DEVICES.find((d) => d === process.argv[2]);
if (device === undefined) throw new Error(`no device: ${process.argv[2]}`);
const answer = await (async () => {
  try {
    const expected = await numbersOf("cpu");
    const found = device === "cpu" ? expected : await numbersOf(device);
    const difference = Math.max(...expected.map((v, i) => Math.abs(found[i]! - v) / Math.abs(v)));
    return { difference };
  } catch (thrown) {
    // what ONNX Runtime itself said, where there is something
    const told = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
    return { error: told instanceof Error ? told.message : String(told) };
  }
})();
process.stdout.write(`${JSON.stringify(answer)}\n`);
