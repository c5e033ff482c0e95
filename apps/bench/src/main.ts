import process from 'node:process';
import { complaintOf } from './complaint.ts';
import { makeProgram } from './program.ts';
import { progress } from './progress.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
try {
  await makeProgram().parseAsync();
} catch (error) {
  progress('');
  const complaint = complaintOf(error);
  if (complaint !== null) {
    process.stderr.write(`bench: ${complaint.text}\n`);
    process.exitCode = complaint.exitCode;
  }
}
