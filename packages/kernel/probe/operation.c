// SPDX-License-Identifier: MIT
/* Carries out one line of a scenario and writes its step. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long touch_pages(const struct words *words, enum access access) {
  long step = word_number(words, 3, 1);
  return touch_range(word_number(words, 1, 0), word_number(words, 2, 0), step < 1 ? 1 : step,
                     access, 0);
}

static long op_write(const struct words *words) { return touch_pages(words, ACCESS_WRITE); }
static long op_read(const struct words *words) { return touch_pages(words, ACCESS_READ); }

static long op_fill(const struct words *words) {
  fill_pages(word_number(words, 1, 0), word_number(words, 2, 0), (int)word_number(words, 3, 0));
  return 0;
}

static long flushtlb(const struct words *words) {
  (void)words;
  return op_flushtlb();
}

static long zram(const struct words *words) {
  (void)words;
  return op_zram();
}

static long swap_off(const struct words *words) {
  (void)words;
  return op_swapoff();
}

static long op_sleep(const struct words *words) {
  return usleep((useconds_t)word_number(words, 1, 0) * 1000);
}

/** Settings of other recorders. */
static long op_nothing(const struct words *words) {
  (void)words;
  return 0;
}

/** What an operation does, and whether the faults of the process during it are the story's alone. */
static const struct {
  const char *name;
  long (*run)(const struct words *words);
  bool counts_faults;
} OPERATIONS[] = {
  {"thp", op_thp, true},
  {"mmap", op_mmap, true},
  {"munmap", op_munmap, true},
  {"mprotect", op_mprotect, true},
  {"madvise", op_madvise, true},
  {"mlock", op_mlock, true},
  {"mremap", op_mremap, true},
  {"w", op_write, true},
  {"r", op_read, true},
  {"fill", op_fill, true},
  {"child", op_child, true},
  {"clear_refs", op_clear_refs, false},
  {"flushtlb", flushtlb, false},
  {"uffd", op_uffd, true},
  {"uffd_reg", op_uffd_reg, true},
  {"uffd_unreg", op_uffd_unreg, true},
  {"uffd_wp", op_uffd_wp, true},
  {"file", op_file, true},
  {"fwrite", op_fwrite, true},
  {"fsync", op_fsync, true},
  {"zram", zram, false},
  {"swapoff", swap_off, false},
  {"ksm", op_ksm, false},
  {"sleep", op_sleep, false},
  {"seqmax", op_nothing, true},
  {"notrace", op_nothing, true},
};

/** An operation that changes something. */
static void op_step(const char *line, const struct words *words, FILE *out) {
  const char *name = words->at[0];
  long result = -1;
  long faults = -1;
  int error = ENOSYS;
  if (strcmp(name, "fork") == 0 || strcmp(name, "forkexit") == 0) {
    errno = 0;
    result = op_fork(words, name[4] != 0, out);
    error = errno;
  }
  for (size_t i = 0; i < sizeof OPERATIONS / sizeof OPERATIONS[0]; i++) {
    if (strcmp(OPERATIONS[i].name, name) != 0) continue;
    settle();
    long before = minor_fault_count();
    result = OPERATIONS[i].run(words);
    error = errno;
    faults = OPERATIONS[i].counts_faults ? minor_fault_count() - before : -1;
  }
  fputs("{\"t\":\"op\",\"op\":", out);
  json_string(out, line);
  fprintf(out, ",\"ret\":%ld", result);
  if (result < 0) fprintf(out, ",\"errno\":%d", error);
  if (faults >= 0) fprintf(out, ",\"minflt\":%ld", faults);
  if (strcmp(name, "mprotect") == 0) tlb_trace_write(out);
  fputc('}', out);
}

/** Carries out a line and writes the step that it is in the recording. */
void run_operation(const char *line, FILE *out) {
  struct words words;
  words_split(&words, line);
  if (words.count == 0) return;
  const char *name = words.at[0];
  if (strcmp(name, "dump") == 0) dump_step(&words, out);
  else if (strcmp(name, "vmas") == 0) vmas_step(&words, out);
  else if (strcmp(name, "wf") == 0) faults_step(&words, ACCESS_WRITE, out);
  else if (strcmp(name, "rf") == 0) faults_step(&words, ACCESS_READ, out);
  else op_step(line, &words, out);
}
