export type { PricedAnalysis, PricedRound } from './analyze/priced.ts';
export { renderAnalysis, type AnalysisRenderOptions } from './analyze/render-analysis.ts';
export { renderThpmaps } from './analyze/render-thpmaps.ts';
export { renderCheck } from './check/render-check.ts';
export { renderLeafSharing } from './check/render-leaf-sharing.ts';
export { renderMutants } from './check/render-mutants.ts';
export type { MutantsVerdict } from './check/mutants-verdict.ts';
export type { BrokenRule, CheckedEntry, CheckVerdict, CounterExample } from './check/verdict.ts';
export { renderCompare } from './compare/render-compare.ts';
export { breakEvenPlots, type BreakEvenPlot } from './cost/break-even-plots.ts';
export { renderBreakEven } from './cost/render-break-even.ts';
export { renderInstructionPrices, renderInstructions } from './cost/render-instructions.ts';
export { renderMachine, renderMachines } from './cost/render-machines.ts';
export { renderValidation } from './cost/render-validation.ts';
export { renderBarPlot } from './plot/bar-plot.tsx';
export { renderLinePlot } from './plot/line-plot.tsx';
export type {
  BarPlot,
  LinePlot,
  PlotAxis,
  PlotBand,
  PlotBar,
  PlotBarGroup,
  PlotMark,
  PlotPoint,
  PlotSeries,
  PlotTick,
} from './plot/plot.ts';
export type { Comparison, Provenance, StrategySource } from './html/comparison.ts';
export { folioLetter } from './html/maps/marks.ts';
export { renderHtml } from './html/render-html.tsx';
export { renderExplanation } from './questions/render-explanation.ts';
export { renderQuestions } from './questions/render-questions.ts';
export { renderConform, renderMismatches } from './render-conform.ts';
export { renderDecode, type DecodedEntry } from './render-decode.ts';
export type { PricedReplay } from './replay/priced-replay.ts';
export { renderReplay } from './replay/render-replay.ts';
export { renderRun } from './run/render-run.ts';
export { renderVerify } from './verify/render-verify.ts';
export { startPage, type Page } from './text/page.ts';
export {
  PLAIN_STYLE,
  TERMINAL_STYLE,
  type RenderOptions,
  type Style,
  type Tone,
} from './text/style.ts';
export type { Cell, Column, Table } from './text/table.ts';
export { rangeText, timeText } from './text/times.ts';
export type { RunCosts } from './compare/render-compare.ts';
export type { Settings } from './text/style.ts';
