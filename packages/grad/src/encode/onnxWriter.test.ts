import { describe, expect, it } from "vitest";
import { GradDataError } from "../errors.ts";
import { loadPredictor } from "../runtime/predictor.ts";
import { loadTablePredictor } from "../runtime/tablePredictor.ts";
import { createTrainingProgram } from "../training/createTrainingProgram.ts";
import { tinyTransformer } from "../training/tinyTransformer.ts";
import { rawBytes } from "./encodeGraph.ts";
import { writeOnnx } from "./onnxWriter.ts";

type Field = { field: number; value: bigint | Uint8Array };

/** A reader of the protobuf wire format of its own (protobuf.dev, Encoding): varints, 32 and 64 bits, bytes. */
function fields(bytes: Uint8Array): Field[] {
  const out: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("cut off");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Number(tag >> 3n), Number(tag & 7n)];
    if (wire === 0) out.push({ field, value: varint() });
    else {
      const length = wire === 2 ? Number(varint()) : wire === 5 ? 4 : 8;
      if (at + length > bytes.length) throw new Error("cut off");
      out.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return out;
}
const all = (list: Field[], field: number) => list.filter((f) => f.field === field).map((f) => f.value);
const message = (value: bigint | Uint8Array | undefined) => fields(value as Uint8Array);
const text = (value: bigint | Uint8Array | undefined) => new TextDecoder().decode(value as Uint8Array);
const name = (value: bigint | Uint8Array, field: number) => text(all(message(value), field)[0]);

describe("an exported model, read by another reader", () => {
  it("is a self-contained ModelProto with the weights of the state", async () => {
    const program = await createTrainingProgram(tinyTransformer());
    const model = fields(program.exportOnnx({ b: "2", a: "1" }));
    expect(all(model, 1)).toEqual([9n]);
    const opsets = all(model, 8).map((o) => [
      text(all(message(o), 1)[0] ?? new Uint8Array()),
      all(message(o), 2)[0],
    ]);
    expect(opsets).toEqual([
      ["", 20n],
      ["com.microsoft", 1n],
    ]);
    expect(all(model, 14).map((m) => [name(m, 1), name(m, 2)])).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);

    const graph = message(all(model, 7)[0]);
    expect(all(graph, 11).map((i) => name(i, 1))).toEqual(["x"]);
    expect(all(graph, 12).map((o) => name(o, 1))).toEqual(["logits", "value"]);
    // x: float [batch, 11, 5], the batch by name.
    const type = message(all(message(all(message(all(graph, 11)[0]), 2)[0]), 1)[0]);
    expect(all(type, 1)).toEqual([1n]);
    const dims = all(message(all(type, 2)[0]), 1).map((d) => message(d)[0]!);
    expect(text(dims[0]!.value)).toBe("batch");
    expect(dims.slice(1).map((d) => [d.field, d.value])).toEqual([
      [1, 11n],
      [1, 5n],
    ]);

    const { parameters } = program.state();
    const weights = new Map(all(graph, 5).map((t) => [name(t, 8), message(t)]));
    for (const slot of program.parameters) {
      const raw = all(weights.get(slot.name)!, 9)[0] as Uint8Array;
      expect(new Float32Array(raw.slice().buffer)).toEqual(
        parameters.subarray(slot.offset, slot.offset + slot.size),
      );
    }
    // The extents of what lies between the nodes where they depend on the batch (field 13).
    const between = new Map(
      all(graph, 13).map((v) => [name(v, 1), message(all(message(all(message(v), 2)[0]), 1)[0])]),
    );
    const results = all(graph, 1).flatMap((n) => all(message(n), 2).map(text));
    expect(results.filter((r) => between.has(r)).length).toBeGreaterThan(0.4 * results.length);
    expect([...between.keys()].filter((v) => !results.includes(v) || v === "logits")).toEqual([]);
    const extents = [...between.values()].map((t) =>
      all(message(all(t, 2)[0]), 1).map((d) => {
        const [extent] = message(d);
        return extent!.field === 2 ? text(extent!.value) : Number(extent!.value);
      }),
    );
    // 11 steps of a batch in rows: the batch's size is known by name wherever it goes
    expect(extents.some((e) => e[0] === "batch*11")).toBe(true);
    expect(extents.flat().filter((e) => typeof e === "string" && !/^batch(\*\d+)?$/.test(e))).toEqual([]);
    // Forward only: every value that a node reads was made before it, and nothing of the training is left.
    const made = new Set(["x", ...weights.keys()]);
    for (const node of all(graph, 1).map(message)) {
      for (const input of all(node, 1)) expect(made).toContain(text(input));
      for (const output of all(node, 2)) made.add(text(output));
    }
    expect([...made].filter((n) => /dropout|next|norm$|target/.test(n))).toEqual([]);
    await program.close();
  });

  it("is refused with one clear error when it is cut anywhere or foreign", async () => {
    const program = await createTrainingProgram(tinyTransformer());
    const bytes = program.exportOnnx({ a: "1" });
    await program.close();
    for (const length of [0, 1, 7, 100, bytes.length >> 1, bytes.length - 1])
      await expect(loadPredictor(bytes.subarray(0, length))).rejects.toThrow(GradDataError);
    await expect(loadPredictor(new TextEncoder().encode("{}"))).rejects.toThrow(GradDataError);
    await expect(loadPredictor("/nowhere/model.onnx")).rejects.toThrow(
      /\/nowhere\/model.onnx cannot be read/,
    );
    const foreign = writeOnnx({
      nodes: [{ type: "Neg", domain: "", inputs: ["a"], outputs: ["b"], attributes: {} }],
      initializers: [],
      inputs: [{ name: "a", dtype: "float32", dims: [2] }],
      outputs: [{ name: "b", dtype: "float32", dims: [2] }],
      metadata: {},
    });
    await expect(loadPredictor(foreign)).rejects.toThrow(/does not take x \[batch, time, feature\]/);
    const unknown = writeOnnx({
      nodes: [{ type: "Nothing", domain: "", inputs: ["x"], outputs: ["y"], attributes: {} }],
      initializers: [{ name: "w", dtype: "float32", dims: [1], raw: rawBytes([1], "float32") }],
      inputs: [{ name: "x", dtype: "float32", dims: ["batch", 2, 3] }],
      outputs: [{ name: "y", dtype: "float32", dims: ["batch"] }],
      metadata: {},
    });
    await expect(loadPredictor(unknown)).rejects.toThrow(/cannot be loaded/);
  });
});

it("writes lists of floats and of words: a stump of ai.onnx.ml, worked by hand", async () => {
  const onnx = writeOnnx({
    nodes: [
      {
        type: "TreeEnsembleRegressor",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["value"],
        attributes: {
          n_targets: { kind: "int", value: 1 },
          nodes_treeids: { kind: "ints", value: [0, 0, 0] },
          nodes_nodeids: { kind: "ints", value: [0, 1, 2] },
          nodes_modes: { kind: "strings", value: ["BRANCH_LT", "LEAF", "LEAF"] },
          nodes_featureids: { kind: "ints", value: [1, 0, 0] },
          nodes_values: { kind: "floats", value: [0.5, 0, 0] },
          nodes_truenodeids: { kind: "ints", value: [1, 0, 0] },
          nodes_falsenodeids: { kind: "ints", value: [2, 0, 0] },
          target_treeids: { kind: "ints", value: [0, 0] },
          target_nodeids: { kind: "ints", value: [1, 2] },
          target_ids: { kind: "ints", value: [0, 0] },
          target_weights: { kind: "floats", value: [-3, 7] },
        },
      },
    ],
    initializers: [],
    inputs: [{ name: "x", dtype: "float32", dims: ["batch", 2] }],
    outputs: [{ name: "value", dtype: "float32", dims: ["batch", 1] }],
    metadata: {},
  });
  const predictor = await loadTablePredictor(onnx, "value");
  expect([...(await predictor.predict(Float32Array.of(9, 0.25, 9, 0.5), 2))]).toEqual([-3, 7]);
  await predictor.close();
});
