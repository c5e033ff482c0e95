// SPDX-License-Identifier: MIT
/*
 * probe [--scenarios FILE] [--out FILE] [--root FOLDER] [--cpu NAME] [--seconds N]
 *
 * Reads scenario text (recordings/README.md) and writes recordings of the kernel that it runs on: a line
 * that describes the machine, then a line for each scenario as soon as it is done. Needs root. Settings of
 * the machine are put back at the end and when it is interrupted.
 */
#include "probe.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif

static void clean_up(void) {
  khugepaged_end();
  thp_restore();
  tlb_trace_close();
}

static void interrupted(int number) {
  stop_scenario();
  swap_end();
  clean_up();
  _exit(128 + number);
}

/** Puts settings back whatever ends the program, if it can be caught. */
static void catch_signals(void) {
  static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
  for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) signal(SIGNALS[i], interrupted);
}

/** One CPU: its TLB is the only one that a scenario fills. */
static void stay_on_one_cpu(void) {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(sched_getcpu(), &here);
  sched_setaffinity(0, sizeof here, &here);
}

/** The kernel writes to the C library's memory when it switches tasks, which may fault: not here. */
static void leave_rseq(void) {
#if defined(RSEQ_SIG) && defined(SYS_rseq)
  if (__rseq_size == 0) return;
  char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
  syscall(SYS_rseq, area, 32, 1, RSEQ_SIG);
#endif
}

static _Noreturn void usage(const char *found) {
  fprintf(stderr, "probe: expected --scenarios, --out, --root, --cpu or --seconds, found %s\n", found);
  exit(2);
}

static struct options parse(int count, char **words) {
  struct options options = {.scenarios = "-", .out = "-", .seconds = 60};
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count) usage(words[i]);
    const char *value = words[i + 1];
    if (strcmp(words[i], "--scenarios") == 0) options.scenarios = value;
    else if (strcmp(words[i], "--out") == 0) options.out = value;
    else if (strcmp(words[i], "--root") == 0) options.root = value;
    else if (strcmp(words[i], "--cpu") == 0) options.cpu = value;
    else if (strcmp(words[i], "--seconds") == 0) options.seconds = atoi(value);
    else usage(words[i]);
  }
  return options;
}

static FILE *open_or_end(const char *path, const char *mode, FILE *standard) {
  if (strcmp(path, "-") == 0) return standard;
  FILE *file = fopen(path, mode);
  if (file != NULL) return file;
  fprintf(stderr, "probe: %s: %s\n", path, strerror(errno));
  exit(2);
}

int main(int count, char **words) {
  struct options options = parse(count, words);
  FILE *scenarios = open_or_end(options.scenarios, "re", stdin);
  FILE *out = open_or_end(options.out, "we", stdout);
  struct scenario scenario;
  leave_rseq();
  stay_on_one_cpu();
  arena_init();
  root_init(options.root);
  files_init(options.root);
  thp_save();
  tlb_trace_open();
  catch_signals();
  thp_defaults();
  khugepaged_park();
  machine_info(out);
  fflush(out);
  while (scenario_read(scenarios, &scenario) != 0) {
    run_scenario(&options, &scenario, out);
    scenario_free(&scenario);
  }
  clean_up();
  return fclose(out) == 0 ? 0 : 1;
}
