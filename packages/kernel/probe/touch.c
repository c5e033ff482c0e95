// SPDX-License-Identifier: MIT
/* Touches pages one by one and counts the faults of each. */
#include "probe.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/** Pages of stack that an operation uses. */
#define STACK_PAGES 8

static sigjmp_buf after_signal;
static volatile sig_atomic_t touching;
/** A byte to run the touching code on. */
static char scratch;

static void on_signal(int number) {
  if (touching) siglongjmp(after_signal, number);
  _exit(128 + number);
}

/** Makes faults on pages without permission, or beyond a file's end, harmless. */
void touch_init(void) {
  stack_t stack = {.ss_sp = signal_stack, .ss_size = SIGNAL_STACK_BYTES};
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

/** Reads or writes one byte; returns the signal that this raised, or 0. */
int touch(void *address, enum access access, char byte) {
  volatile char *at = address;
  int number = sigsetjmp(after_signal, 1);
  if (number == 0) {
    touching = 1;
    if (access == ACCESS_WRITE) *at = byte;
    else (void)*at;
  }
  touching = 0;
  return number;
}

/** Faults of this thread so far, those that waited for a disk included. */
long fault_count(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

/** Those that did not wait. */
long minor_fault_count(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

/**
 * Brings in the program's own pages, as far as an operation uses them: fork and clear_refs have taken
 * their permissions or made them old. Faults that are counted afterwards are then the story's.
 */
void settle(void) {
  volatile char stack[STACK_PAGES * PAGE_BYTES];
  for (size_t at = 0; at < sizeof stack; at += PAGE_BYTES) stack[at] = 0;
  (void)stack;
  errno = 0;
  own_pages_touch();
  fault_count();
  touch(&scratch, ACCESS_WRITE, 1);
  touch(&scratch, ACCESS_READ, 0);
  fault_count();
}

/** Touches every `step`-th page at an offset; returns the signals that were raised, or-ed. */
long touch_range(long at, long pages, long step, enum access access, long offset) {
  long raised = 0;
  for (long i = 0; i < pages; i += step) {
    raised |= touch(page_address(at + i) + offset, access, (char)(0x41 + (i & 7)));
  }
  return raised;
}

void fill_pages(long at, long pages, int byte) {
  for (long i = 0; i < pages; i++) memset(page_address(at + i), byte, PAGE_BYTES);
}

/** `wf` and `rf`: a digit a page for its faults, S where a signal was raised. */
void faults_step(const struct words *words, enum access access, FILE *out) {
  long at = word_number(words, 2, 0);
  long pages = word_number(words, 3, 0);
  long step = word_number(words, 4, 1);
  if (pages > MAX_PAGES) pages = MAX_PAGES;
  if (step < 1) step = 1;
  fputs("{\"t\":\"faults\",\"label\":", out);
  json_string(out, word_text(words, 1, ""));
  fprintf(out, ",\"access\":\"%s\",\"off\":%ld,\"n\":%ld,\"step\":%ld,\"vec\":\"",
          access == ACCESS_WRITE ? "w" : "r", at, pages, step);
  static char digits[MAX_PAGES + 1];
  long nr = 0;
  settle();
  for (long i = 0; i < pages; i += step) {
    long before = fault_count();
    int raised = touch(page_address(at + i) + 16, access, 0x5a);
    long faults = fault_count() - before;
    digits[nr++] = raised != 0 ? 'S' : (char)('0' + (faults > 9 ? 9 : faults));
  }
  digits[nr] = 0;
  fprintf(out, "%s\"}", digits);
}
