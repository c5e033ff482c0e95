// SPDX-License-Identifier: MIT
/* TLB flushes of one process, through the tracepoint tlb:tlb_flush in a tracefs instance of its own. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing/"
#define EVENT "events/tlb/tlb_flush/enable"
#define MAX_PATH 128
/** Most different lines that are written for a call. */
#define MAX_RUNS 3000

static char folder[MAX_PATH];
static int trace_on = -1;
/** Whether the kernel adds children to the processes that are traced. */
static bool follows_forks;
/** What was traced and not read yet; reading takes it away. Clearing the trace would take far longer. */
static int pipe_end = -1;

static const char *path_of(const char *file) {
  static char path[2 * MAX_PATH];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  return path;
}

static long set(const char *file, const char *value) { return text_write(path_of(file), value); }

static void trace_process(pid_t process) {
  char pid[16];
  snprintf(pid, sizeof pid, "%d", (int)process);
  set("set_event_pid", pid);
}

/** Makes the instance; without root, tracefs or the tracepoint there are no traces. */
void tlb_trace_open(void) {
  snprintf(folder, sizeof folder, TRACEFS "instances/ptelab-%d", (int)getpid());
  if (mkdir(folder, 0700) < 0) return;
  if (set(EVENT, "1") < 0) {
    rmdir(folder);
    return;
  }
  set("tracing_on", "0");
  set("buffer_size_kb", "256");
  set("options/context-info", "0");
  set("options/irq-info", "0");
  /* Naming another process takes the kernel tens of milliseconds, for it waits for all that trace. */
  follows_forks = set("options/event-fork", "1") >= 0;
  trace_process(getpid());
  trace_on = open(path_of("tracing_on"), O_WRONLY | O_CLOEXEC);
  pipe_end = open(path_of("trace_pipe"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

bool tlb_trace_ready(void) { return trace_on >= 0; }

/** Writes the names of what a trace can show. */
void tlb_trace_names(FILE *out) {
  if (tlb_trace_ready()) json_string(out, "tlb_flush:");
}

/** Traces the calling process, of those that run while a trace is on. */
void tlb_trace_follow(void) {
  if (trace_on >= 0 && !follows_forks) trace_process(getpid());
}

/** Takes all that was traced; `length` bytes fit. Returns how many there were. */
static size_t take(char *text, size_t length) {
  size_t done = 0;
  while (done < length - 1) {
    ssize_t got = read(pipe_end, text + done, length - 1 - done);
    if (got <= 0) break;
    done += (size_t)got;
  }
  text[done] = 0;
  return done;
}

void tlb_trace_begin(void) {
  static char left[1 << 12];
  if (trace_on < 0) return;
  while (take(left, sizeof left) > 0) continue;
  if (pwrite(trace_on, "1", 1, 0) != 1) trace_on = -1;
}

void tlb_trace_end(void) {
  if (trace_on >= 0 && pwrite(trace_on, "0", 1, 0) != 1) trace_on = -1;
}

static void write_run(FILE *out, const char *line, long times, bool first) {
  char text[MAX_LINE + 32];
  if (times > 1) snprintf(text, sizeof text, "%ldx %s", times, line);
  else snprintf(text, sizeof text, "%s", line);
  if (!first) fputc(',', out);
  json_string(out, text);
}

/** Writes the trace of the last call as fields of its step. */
void tlb_trace_write(FILE *out) {
  static char traced[1 << 18];
  char last[MAX_LINE] = "";
  long total = 0;
  long runs = 0;
  long times = 0;
  bool lost = false;
  char *rest = traced;
  if (trace_on < 0) return;
  if (take(traced, sizeof traced) == sizeof traced - 1) lost = true;
  fputs(",\"seq\":[", out);
  for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
    char *text = line + strspn(line, " ");
    if (strstr(text, "LOST") != NULL) lost = true;
    if (strncmp(text, "tlb_flush:", 10) != 0) continue;
    total++;
    if (strcmp(text, last) == 0) {
      times++;
      continue;
    }
    if (times > 0 && runs < MAX_RUNS) write_run(out, last, times, runs++ == 0);
    snprintf(last, sizeof last, "%s", text);
    times = 1;
  }
  if (times > 0 && runs < MAX_RUNS) write_run(out, last, times, runs++ == 0);
  fprintf(out, "],\"seq_truncated\":%d,\"trace_total\":%ld,\"trace_lost\":%d", runs >= MAX_RUNS,
          total, lost);
  if (total > 0) fprintf(out, ",\"counters\":{\"tlb_flush:\":%ld}", total);
  else fputs(",\"counters\":{}", out);
}

void tlb_trace_close(void) {
  if (trace_on < 0) return;
  close(trace_on);
  close(pipe_end);
  trace_on = -1;
  set(EVENT, "0");
  rmdir(folder);
}
