export type {
  Counts,
  Event,
  HostConnected,
  HostConnecting,
  HostFinished,
  HostStatus,
  HostView,
  Mode,
  RunFinished,
  RunStarted,
  RunStatus,
  StepFinished,
  StepOutput,
  StepRetry,
  StepStarted,
  StepView,
  Times,
  Traffic,
  Warning,
} from "../event/event.ts";
export {
  describeModule,
  type ModuleContract,
  type ModuleFailure,
  type TestFramework,
} from "./describe-module.ts";
export { type EmbeddedHost, embeddedHost } from "./embedded-host.ts";
export type { EmbeddedHostOptions } from "./embedded-options.ts";
export type { Fault } from "./embedded-outlet.ts";
export { HOSTILE_LINES, HOSTILE_VALUES, trapPrograms } from "./hostile-values.ts";
export { hasSshd, opensshHost } from "./openssh-host.ts";
export { type RunRunbookOptions, runRunbook, type TestRun } from "./run-runbook.ts";
export { type RunStepOptions, runStep, runSteps, type StepHost } from "./run-step.ts";
export { snapshot } from "./snapshot.ts";
export { sshHost } from "./ssh-host.ts";
export type { OpensshHostOptions } from "./sshd-config.ts";
export {
  type MaybeResult,
  type Stub,
  type StubCall,
  type StubFacts,
  type StubResult,
  stub,
  stubAny,
} from "./stub.ts";
export type { TestHost, TestHostOptions } from "./test-host.ts";
