/// <reference lib="webworker" />
import { scenarioJsonSchema } from '@ptelab/scenario';
import { filmBuffers } from '../model/film.ts';
import {
  exportRuns,
  filmStep,
  outlineOf,
  paintText,
  problemOf,
  runStory,
  strategies,
} from './answer.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';

/*
 * The thread in which everything is computed, so that the page never waits.
 */

function reply(message: WorkerReply, hand: Transferable[] = []): void {
  self.postMessage(message, { transfer: hand });
}

function answer(request: WorkerRequest): void {
  const { id } = request;
  switch (request.call) {
    case 'strategies':
      reply({ id, answer: strategies() });
      return;
    case 'schema':
      reply({ id, answer: scenarioJsonSchema() });
      return;
    case 'read':
      reply({ id, answer: outlineOf(request.ask.text) });
      return;
    case 'run': {
      const { text, spec, tlb } = request.ask;
      reply({ id, answer: runStory(text, spec, tlb) });
      return;
    }
    case 'export': {
      const { text, machines, tlb } = request.ask;
      reply({ id, answer: exportRuns(text, machines, tlb) });
      return;
    }
    case 'paint': {
      const { text, spec, step, edit } = request.ask;
      reply({ id, answer: paintText(text, spec, step, edit) });
      return;
    }
    case 'film': {
      const { text, spec, tlb, step } = request.ask;
      const film = filmStep(text, spec, tlb, step);
      reply({ id, answer: film }, filmBuffers(film));
      return;
    }
  }
}

self.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  try {
    answer(data);
  } catch (error) {
    reply({ id: data.id, problem: problemOf(error) });
  }
});
