import type { OutputFlags } from '../options/output-flags.ts';
export interface AnalyzeFlags extends OutputFlags { readonly pid?: string[] }
export async function analyzeVerb(file: string | undefined, flags: AnalyzeFlags): Promise<number> { return 0; }
