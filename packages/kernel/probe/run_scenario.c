// SPDX-License-Identifier: MIT
/* Runs a scenario in a process of its own and writes its recording. */
#include "probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/** By number, the same on all machines: older headers do not have it. */
#define PIDFD_OPEN 434

/** The process of the scenario that runs. */
static volatile pid_t running;

/** Ends the scenario that runs, for signal handlers. */
void stop_scenario(void) {
  if (running > 0) kill(running, SIGKILL);
}

/** Keeps other tasks off this CPU: they would work off the batches of its LRU lists. */
static void keep_others_away(void) {
  struct sched_param first = {.sched_priority = 1};
  sched_setscheduler(0, SCHED_FIFO, &first);
}

/**
 * Brings in all of the program, so that it costs no faults later. It does not stay locked: pages that fork
 * makes it copy would wait in the batch of mlock together with the scenario's, and fill it.
 */
static void bring_in_own_pages(void) {
  mlockall(MCL_CURRENT);
  munlockall();
}

/** The scenario's own process. Never returns. */
static void tell(const struct scenario *scenario, int fd) {
  FILE *steps = fdopen(fd, "w");
  if (steps == NULL) _exit(1);
  setvbuf(steps, NULL, _IOFBF, 1 << 16);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  touch_init();
  tlb_trace_follow();
  bring_in_own_pages();
  keep_others_away();
  own_pages_find();
  for (size_t i = 0; i < scenario->count; i++) {
    if (i > 0) fputc(',', steps);
    run_operation(scenario->lines[i], steps);
  }
  fflush(steps);
  children_end();
  _exit(0);
}

/** Waits for the process; true if it took too long. */
static bool wait_for(pid_t pid, int seconds, int *status) {
  struct pollfd end = {.fd = (int)syscall(PIDFD_OPEN, pid, 0), .events = POLLIN};
  if (end.fd < 0) abort();
  bool late = poll(&end, 1, seconds * 1000) == 0;
  close(end.fd);
  if (late) kill(pid, SIGKILL);
  waitpid(pid, status, 0);
  return late;
}

static void copy(int fd, FILE *out) {
  static char buffer[1 << 16];
  ssize_t got;
  lseek(fd, 0, SEEK_SET);
  while ((got = read(fd, buffer, sizeof buffer)) > 0) fwrite(buffer, 1, (size_t)got, out);
}

/** Runs it and writes one line. */
void run_scenario(const struct options *options, const struct scenario *scenario, FILE *out) {
  int status = 0;
  int fd = (int)syscall(SYS_memfd_create, "steps", 1);
  if (fd < 0) abort();
  thp_defaults();
  swap_begin();
  fflush(out);
  pid_t pid = fork();
  if (pid == 0) tell(scenario, fd);
  running = pid;
  bool late = wait_for(pid, options->seconds, &status);
  running = 0;
  swap_end();
  root_clean();
  fputs("{\"schema\":1,\"scenario\":", out);
  json_string(out, scenario->name);
  machine_fields(options, out);
  fputs(",\"source\":[", out);
  char head[MAX_LINE + 16];
  snprintf(head, sizeof head, "scenario %s", scenario->name);
  json_string(out, head);
  for (size_t i = 0; i < scenario->count; i++) {
    fputc(',', out);
    json_string(out, scenario->lines[i]);
  }
  fprintf(out, "],\"status\":%d,\"timeout\":%d,\"steps\":[", status, late);
  /* Steps of a process that was killed end in the middle of one. */
  if (status == 0) copy(fd, out);
  fputs("]}\n", out);
  fflush(out);
  close(fd);
}
