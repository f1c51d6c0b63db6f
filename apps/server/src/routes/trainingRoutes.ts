import { TrainingStatus, TrainRequest } from "@orion/trade/wire";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";
import { startedWithin } from "./startedWithin.ts";

export function trainingRoutes(app: TypedApp, { jobs }: RouteContext): void {
  app.post(
    "/api/train",
    {
      config: heavyRate,
      schema: {
        description: "Starts a training; 409 while one runs. Watch it at /api/training-status or /ws",
        tags: ["training"],
        body: TrainRequest,
        response: { 202: TrainingStatus, ...refusals },
      },
    },
    async (request, reply) => {
      await startedWithin(jobs.startTraining(request.body));
      return reply.code(202).send(jobs.training.status);
    },
  );

  app.get(
    "/api/training-status",
    {
      schema: {
        description: "The running training, or how the last one since the server's start ended",
        tags: ["training"],
        response: { 200: TrainingStatus, ...refusals },
      },
    },
    async () => jobs.training.status,
  );

  app.post(
    "/api/train/cancel",
    {
      schema: {
        description: "Asks the training to write its checkpoint and stop; 409 when none runs",
        tags: ["training"],
        response: { 202: TrainingStatus, ...refusals },
      },
    },
    async (_request, reply) => {
      jobs.cancelTraining();
      return reply.code(202).send(jobs.training.status);
    },
  );
}
