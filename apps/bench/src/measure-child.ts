// Measures one job in a process of its own: `node --expose-gc measure-child.js JOB`, JOB in JSON.
// Code that ran for another machine before would have been compiled for that one.
import process from 'node:process';
import type { Job } from './model/job.ts';
import { runJob } from './model/run-job.ts';

runJob(JSON.parse(process.argv[2] ?? 'null') as Job, (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
