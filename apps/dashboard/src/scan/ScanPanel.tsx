import type { ScanModelResponse, ScanStatus } from "@orion/trade/wire";
import { JobProgress } from "../layout/JobProgress.tsx";
import { WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { ScanForm } from "./ScanForm.tsx";

interface ScanPanelProps {
  recipe: string;
  /** what can be scanned with; undefined while it is not known */
  known: ScanModelResponse | undefined;
  status: ScanStatus | undefined;
  className: string;
}

export function ScanPanel({ recipe, known, status, className }: ScanPanelProps) {
  return (
    <Panel title="Scan" testId="scan-panel" className={className}>
      <p className="text-[0.88rem] text-muted">
        All stored symbols are ranked by momentum; the candidates are forecast a timeframe each, their risk is
        told, base models vote, and a meta-learner decides. Only a BUY that is sure enough and calm enough
        becomes a signal. Without a day the newest stored bars are scanned.
      </p>
      <ScanForm recipe={recipe} known={known} status={status} />
      {known?.missing && known.model === null && <WarnNote testId="scan-missing">{known.missing}</WarnNote>}
      {status && (
        <JobProgress
          status={status}
          name="scan"
          subject={status.request?.recipe}
          cancelled="The scan was cancelled; what was found before it stays."
        />
      )}
    </Panel>
  );
}
