import { formatOpLine, type Operation } from '@ptelab/scenario';
import { pagesText } from './calls.ts';

/** An operation in a few words; as an op line where that says it best. */
export function operationWords(operation: Operation): string {
  switch (operation.op) {
    case 'mprotect':
      return `mprotect ${pagesText(operation.at, operation.pages)}: ${operation.prot}`;
    case 'mmap':
      return `map ${pagesText(operation.at, operation.pages)}: ${operation.kind} ${operation.prot}`;
    case 'madvise':
      return `madvise ${pagesText(operation.at, operation.pages)}: ${operation.advice}`;
    case 'thp':
      return `${operation.kb} KiB folios: ${operation.enabled}`;
    case 'fork':
    case 'forkexit':
      return `${operation.op} ${operation.id}`;
    case 'child':
      if (operation.does === 'exit') return `${operation.id} exits`;
      return `${operation.id}: ${operation.does} ${pagesText(operation.at, operation.pages)}`;
    case 'uffd_wp':
      return `${operation.on ? 'protect' : 'unprotect'} by uffd ${pagesText(operation.at, operation.pages)}`;
    case 'entries':
      return `entries of ${pagesText(operation.at, operation.pages.length)}`;
    case 'read':
    case 'write':
    case 'munmap':
    case 'mlock':
    case 'pin':
    case 'unpin':
    case 'numa_scan':
    case 'migrate_start':
      return `${operation.op.replace('_', ' ')} ${pagesText(operation.at, operation.pages)}`;
    default:
      return formatOpLine(operation);
  }
}
