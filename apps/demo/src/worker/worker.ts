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
import type { FileOpener } from '../open/file-opener.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';

/*
 * The thread in which everything is computed, so that the page never waits.
 */

function reply(message: WorkerReply, hand: Transferable[] = []): void {
  self.postMessage(message, { transfer: hand });
}

/** Loaded with the first file. */
let opener: Promise<FileOpener> | null = null;

async function fileOpener(): Promise<FileOpener> {
  opener ??= import('../open/file-opener.ts').then(({ FileOpener }) => new FileOpener());
  return opener;
}

async function answer(request: WorkerRequest): Promise<void> {
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
      reply({ id, answer: await paintText(text, spec, step, edit) });
      return;
    }
    case 'open': {
      const { name, bytes } = request.ask;
      reply({ id, answer: await (await fileOpener()).open(name, bytes) });
      return;
    }
    case 'opened':
      reply({ id, answer: (await fileOpener()).storyOf(request.ask.choice) });
      return;
    case 'film': {
      const { text, spec, tlb, step } = request.ask;
      const film = filmStep(text, spec, tlb, step);
      reply({ id, answer: film }, filmBuffers(film));
      return;
    }
  }
}

self.addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  answer(data).catch((error: unknown) => {
    reply({ id: data.id, problem: problemOf(error) });
  });
});
