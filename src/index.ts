/**
 * The public API of rcm: write runbooks and sites, define modules, run them.
 *
 * @packageDocumentation
 */
export { z } from "zod";
export { apply, plan, resume } from "./embed/apply.ts";
export type { RunHandle } from "./embed/handle.ts";
export type {
  ApplyOptions,
  ConnectionOptions,
  PlanOptions,
  ResumeOptions,
  RunCallbacks,
  Runnable,
  RunOptions,
  StepEnd,
  StepStart,
} from "./embed/options.ts";
export type { HostOutcome, RunOutcome } from "./embed/outcome.ts";
export { type ErrorCode, type ErrorFacts, type Position, Problems, RcmError } from "./errors.ts";
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
} from "./event/event.ts";
export type { InventoryGroup, InventorySource, InventoryTree, Value, Vars } from "./inventory/model.ts";
export {
  type AccountBase,
  accountName,
  asUser,
  entryField,
  entryOf,
  existence,
  readEntry,
  withTool,
} from "./module/account.ts";
export type { Action, ActionResult, Report } from "./module/action.ts";
export { actionOptions, type Guards, shellGuards } from "./module/action-options.ts";
export { type AptCall, type AptWish, aptGet, aptLists, aptPackages } from "./module/apt.ts";
export { readArchive } from "./module/archive.ts";
export type { ArchiveEntry } from "./module/archive-entries.ts";
export { checkBash } from "./module/bash-syntax.ts";
export {
  checkVariableNames,
  engineLabels,
  engineVariables,
  type Pairs,
  settingLines,
  withPairs,
} from "./module/container.ts";
export { type Content, contentProperties } from "./module/content.ts";
export type {
  Deferrable,
  DeferrableInside,
  DeferrableOptions,
  HostFacts,
  StepContext,
  StepHandle,
} from "./module/context.ts";
export {
  type ActionModule,
  defineModule,
  type LocalSide,
  type LocalTree,
  type Module,
  type ModuleCall,
  type ModuleDefinition,
  type OptionsSchema,
  type ReportModule,
  type RunModule,
  type StateModule,
} from "./module/define.ts";
export { type Download, dial, download, downloadText } from "./module/download.ts";
export type { Facts } from "./module/facts.ts";
export {
  dependsOn,
  type Field,
  type FieldOptions,
  field,
  type GroupOptions,
  group,
  type Rule,
} from "./module/fields.ts";
export { type HomeSettings, homeDirectory, homeOf, type SshKeySettings, sshKeyPair } from "./module/home.ts";
export { fetchHash, fetchText, fetchTo, findTool, type HostFetch } from "./module/host-fetch.ts";
export {
  type HttpAnswer,
  type HttpRequest,
  readBody,
  sendRequest,
  shownUrl,
  type TlsTrust,
} from "./module/http-client.ts";
export { type HeaderOptions, headersOf, httpOptions, httpUrl } from "./module/http-options.ts";
export {
  type Access,
  access,
  accessOptions,
  duration,
  fileMode,
  kindOf,
  ownerName,
  path,
  rewriteOptions,
  text,
} from "./module/kit.ts";
export {
  compileRegexp,
  endOfLines,
  expandMatch,
  type Insertion,
  insertionPoint,
  insertOptions,
  type Line,
  lineMatcher,
  linesOf,
  regexp,
  textOf,
} from "./module/lines.ts";
export type { FolderFile } from "./module/pack.ts";
export { passwordHash, passwordLock, setPassword } from "./module/password.ts";
export {
  asText,
  diffText,
  editedText,
  type MadePlacement,
  type Placement,
  place,
  placeMade,
} from "./module/place.ts";
export { chunks, placeTree, type Tree } from "./module/place-tree.ts";
export { effect, type Property } from "./module/property.ts";
export type { Change, Result, StepStatus } from "./module/result.ts";
export type { ExecResult, RebootRequest, RunHost, RunResult } from "./module/run.ts";
export { type SecretHandle, type Secrets, variableOf } from "./module/secrets.ts";
export {
  type ServiceState,
  systemctl,
  type Unit,
  unitEnabled,
  unitMasked,
  unitName,
  unitState,
} from "./module/unit.ts";
export { ABOUT, MERGE, type Unpacking, unpack } from "./module/unpack-script.ts";
export type { Assign } from "./runbook/assigns.ts";
export type { AddStep, Builder, ParamsOf } from "./runbook/builder.ts";
export {
  type Changed,
  changed,
  type Duration,
  type Retry,
  type RetryRules,
  type StepOptions,
} from "./runbook/framework.ts";
export type {
  AddGraft,
  AddMerge,
  Awaitable,
  GraftHandle,
  GraftOptions,
  MergeOptions,
} from "./runbook/graft.ts";
export { type RunbookSettings, runbook } from "./runbook/runbook.ts";
export type { AddSecret, SecretLoader, SecretSpec } from "./runbook/secrets.ts";
export { type AddPart, type PartHandle, type PartOptions, site } from "./runbook/site.ts";
export type {
  BuildOptions,
  Built,
  Exports,
  FailureKind,
  GivenParam,
  RetryPolicy,
  Runbook,
  Scope,
  Site,
  SitePart,
  StepSpec,
} from "./runbook/spec.ts";
export { fileOf, type LocalFile } from "./shell/file.ts";
export { hasLine, statOf, sumOf } from "./shell/looks.ts";
export { type Look, type Script, type ShellValue, sh } from "./shell/script.ts";
export { fileSink } from "./sink/file.ts";
export { multiSink } from "./sink/multi.ts";
export { nullSink } from "./sink/null.ts";
export { type S3Options, s3Sink } from "./sink/s3.ts";
export type { OpenSink, SinkPlace, StepSink, Stream } from "./sink/sink.ts";
