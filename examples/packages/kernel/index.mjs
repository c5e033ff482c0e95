// What a log of strace says about protections: who asked for what, and what became of it.
import { straceLog } from '@ptelab/kernel/formats';

const log = straceLog('app.strace', [
  '4711 mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f1200000000',
  '4711 mprotect(0x7f1200000000, 16384, PROT_READ|PROT_WRITE <unfinished ...>',
  '4712 mprotect(0x7f1300000000, 4096, PROT_READ) = -1 ENOMEM (Cannot allocate memory)',
  '4711 <... mprotect resumed>) = 0',
  '4711 +++ exited with 0 +++',
]);
for (const event of log.events) {
  if (event.kind !== 'call') {
    console.log(event.pid, event.kind);
    continue;
  }
  const { pid, name, request, result } = event;
  const asked =
    request === null ? 'nothing changed' : `${request.length} bytes, prot ${request.prot}`;
  console.log(pid, `${name}: ${asked};`, result.errno ?? `0x${result.value.toString(16)}`);
}
