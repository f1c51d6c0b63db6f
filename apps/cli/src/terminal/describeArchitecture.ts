import type { InspectedModel } from "@orion/trade/recipe";
import { table } from "./output.ts";

/** What a model is made of, and what its file tells of itself. */
export function describeArchitecture({ architecture, onnx }: InspectedModel): string {
  const { kind, config, blocks, parameters } = architecture;
  const { kind: _kind, ...sizes } = config;
  const count = (n: number): string => n.toLocaleString("en");
  const port = (p: { name: string; shape: readonly (number | string)[] }): string =>
    `${p.name} [${p.shape.join(", ")}]`;
  const operators = Object.entries(onnx.operators).map(([name, n]) => `${name} ${n}`);
  const shown = 8;
  return [
    `network ${kind}: ${JSON.stringify(sizes)}`,
    table(
      ["block / tensor", "shape", "parameters"],
      [
        ...blocks.flatMap((block) => [
          [block.name, "", count(block.parameters)],
          ...block.tensors.map((t) => [`  ${t.name}`, `[${t.shape.join(", ")}]`, count(t.parameters)]),
        ]),
        ["all", "", count(parameters)],
      ],
    ),
    "",
    `file: ${count(onnx.bytes)} bytes, ONNX IR ${onnx.irVersion}, opsets ${Object.entries(onnx.opsets)
      .map(([domain, version]) => `${domain} ${version}`)
      .join(", ")}, by ${onnx.producer}`,
    `in: ${onnx.inputs.map(port).join("; ")}`,
    `out: ${onnx.outputs.map(port).join("; ")}`,
    `${count(onnx.nodes)} nodes: ${operators.slice(0, shown).join(", ")}${operators.length > shown ? " …" : ""}`,
    ...Object.entries(onnx.metadata).map(([key, value]) => `  ${key}: ${value}`),
  ].join("\n");
}
