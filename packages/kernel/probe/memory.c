// SPDX-License-Identifier: MIT
/* The memory calls of a story. */
#include "probe.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/** Where `flushtlb` maps memory for a moment. */
#define FLUSH_ADDRESS 0x200000000000UL
/** So much that the kernel flushes all translations instead of single ones. */
#define FLUSH_PAGES 2048

static const struct {
  const char *name;
  int value;
} ADVICE[] = {
  {"NORMAL", MADV_NORMAL},
  {"WILLNEED", MADV_WILLNEED},
  {"DONTNEED", MADV_DONTNEED},
  {"FREE", MADV_FREE},
  {"REMOVE", MADV_REMOVE},
  {"DONTFORK", MADV_DONTFORK},
  {"DOFORK", MADV_DOFORK},
  {"MERGEABLE", MADV_MERGEABLE},
  {"UNMERGEABLE", MADV_UNMERGEABLE},
  {"HUGEPAGE", MADV_HUGEPAGE},
  {"NOHUGEPAGE", MADV_NOHUGEPAGE},
  /* By number: older headers do not have them. */
  {"COLD", 20},
  {"PAGEOUT", 21},
  {"POPULATE_READ", 22},
  {"POPULATE_WRITE", 23},
  {"DONTNEED_LOCKED", 24},
  {"COLLAPSE", 25},
  {"GUARD_INSTALL", 102},
  {"GUARD_REMOVE", 103},
};

char *page_address(long at) {
  return (char *)(BASE_ADDRESS + (unsigned long)at * PAGE_BYTES);
}

static size_t bytes_of(const struct words *words, int i) {
  return (size_t)word_number(words, i, 0) * PAGE_BYTES;
}

static int protection(const char *letters) {
  int bits = PROT_NONE;
  if (strchr(letters, 'r') != NULL) bits |= PROT_READ;
  if (strchr(letters, 'w') != NULL) bits |= PROT_WRITE;
  if (strchr(letters, 'x') != NULL) bits |= PROT_EXEC;
  return bits;
}

long op_mmap(const struct words *words) {
  const char *prot = word_text(words, 3, "");
  const char *kind = word_text(words, 4, "");
  int flags = MAP_FIXED;
  int fd = -1;
  if (strcmp(kind, "anon") == 0) flags |= MAP_PRIVATE | MAP_ANONYMOUS;
  else if (strcmp(kind, "shanon") == 0) flags |= MAP_SHARED | MAP_ANONYMOUS;
  else if (strcmp(kind, "shared") == 0) flags |= MAP_SHARED;
  else flags |= MAP_PRIVATE;
  if ((flags & MAP_ANONYMOUS) == 0) fd = file_descriptor(word_text(words, 5, ""));
  void *mapped = mmap(page_address(word_number(words, 1, 0)), bytes_of(words, 2),
                      strcmp(prot, "none") == 0 ? PROT_NONE : protection(prot), flags, fd,
                      (off_t)bytes_of(words, 6));
  return mapped == MAP_FAILED ? -1 : 0;
}

long op_munmap(const struct words *words) {
  return munmap(page_address(word_number(words, 1, 0)), bytes_of(words, 2));
}

long op_mprotect(const struct words *words) {
  char *from = page_address(word_number(words, 1, 0));
  size_t bytes = bytes_of(words, 2);
  const char *prot = word_text(words, 3, "");
  int bits = strcmp(prot, "none") == 0 ? PROT_NONE : protection(prot);
  tlb_trace_begin();
  int result = mprotect(from, bytes, bits);
  int error = errno;
  tlb_trace_end();
  errno = error;
  return result;
}

long op_madvise(const struct words *words) {
  const char *name = word_text(words, 3, "");
  for (size_t i = 0; i < sizeof ADVICE / sizeof ADVICE[0]; i++) {
    if (strcmp(ADVICE[i].name, name) != 0) continue;
    return madvise(page_address(word_number(words, 1, 0)), bytes_of(words, 2), ADVICE[i].value);
  }
  errno = EINVAL;
  return -1;
}

long op_mlock(const struct words *words) {
  return mlock(page_address(word_number(words, 1, 0)), bytes_of(words, 2));
}

long op_mremap(const struct words *words) {
  size_t bytes = bytes_of(words, 2);
  void *moved = mremap(page_address(word_number(words, 1, 0)), bytes, bytes,
                       MREMAP_MAYMOVE | MREMAP_FIXED, page_address(word_number(words, 3, 0)));
  return moved == MAP_FAILED ? -1 : 0;
}

long op_clear_refs(const struct words *words) {
  return text_write("/proc/self/clear_refs", word_text(words, 1, ""));
}

/** Unmaps more than the kernel flushes page by page, so that it empties the TLB. */
long op_flushtlb(void) {
  size_t bytes = FLUSH_PAGES * PAGE_BYTES;
  char *memory = mmap((void *)FLUSH_ADDRESS, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return -1;
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  memory[0] = 1;
  memory[bytes - PAGE_BYTES] = 1;
  return munmap(memory, bytes);
}
