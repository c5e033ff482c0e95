// SPDX-License-Identifier: MIT
/*
 * Which functions of the kernel an mprotect call goes through, in order: function tracing and kprobe
 * events, which are settings of the whole machine. So this is for guests, in the place of tlb_trace.c.
 */
#include "../probe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"
#define MAX_TRACE_LINE 512
#define MAX_NAMES 64
#define MAX_NAME 64
/** Most different lines that are written for a call. */
#define MAX_RUNS 3000
/** Holds the calls of 64 MiB of 4 KiB pages. */
#define BUFFER_KB "32768"

/** Functions on the way of a protection change. Builds inline some of them; those don't show. */
static const char *const FUNCTIONS[] = {
    "mprotect_fixup",
    "change_protection",
    "change_pte_range",
    "change_huge_pmd",
    "can_change_pte_writable",
    "can_change_shared_pte_writable*",
    "mprotect_folio_pte_batch",
    "prot_commit_flush_ptes",
    "modify_prot_start_ptes",
    "modify_prot_commit_ptes",
    "ptep_modify_prot_start",
    "ptep_modify_prot_commit",
    "vm_normal_page",
    "vm_normal_page_pmd",
    "__split_huge_pmd",
    "__split_huge_pmd_locked",
    "ptep_set_access_flags",
    "contpte_ptep_get",
    "contpte_set_ptes",
    "contpte_convert",
    "contpte_get_and_clear_full_ptes",
    "contpte_try_unfold_partial",
    "contpte_wrprotect_ptes",
    "contpte_ptep_set_access_flags",
    "__contpte_try_fold",
    "__contpte_try_unfold",
    "__sync_icache_dcache",
    "tlb_gather_mmu",
    "tlb_finish_mmu",
    "flush_tlb_batched_pending",
    "flush_tlb_mm_range",
    "flush_tlb_func",
};

/** Probes that show arguments. Arguments are in the order of the C function; a release has some. */
static const char *const PROBES[] = {
#if defined(__aarch64__)
    "p:k_start modify_prot_start_ptes addr=%x1 nr=%x3:x32",
    "p:k_commit modify_prot_commit_ptes addr=%x1 old=%x3 new=%x4 nr=%x5:x32",
    "p:k_start1 ptep_modify_prot_start addr=%x1",
    "p:k_commit1 ptep_modify_prot_commit addr=%x1 old=%x3 new=%x4",
    "p:k_cset contpte_set_ptes addr=%x1 pte=%x3 nr=%x4:x32",
    "p:k_cgac contpte_get_and_clear_full_ptes addr=%x1 nr=%x3:x32 full=%x4:x32",
    "p:k_cunf __contpte_try_unfold addr=%x1 pte=%x3",
    "p:k_cfold __contpte_try_fold addr=%x1 pte=%x3",
    "p:k_cconv contpte_convert addr=%x1 pte=%x3",
    "p:k_ccw can_change_pte_writable addr=%x1 pte=%x2",
#else
    "p:k_ccw can_change_pte_writable addr=%si pte=%dx",
    "p:k_flush flush_tlb_mm_range start=%si end=%dx stride=%cx:x32",
    "r:k_mfpb mprotect_folio_pte_batch nr=$retval:s32",
#endif
};

#define PROBE_COUNT (sizeof PROBES / sizeof PROBES[0])

/** How often each name was seen. */
struct tally {
  char name[MAX_NAME];
  long count;
};

/** What is written to while calls are counted lies in memory that fork does not protect. */
struct state {
  int on;
  bool ready;
  /** Something was traced that is not written yet. */
  bool pending;
  /** Which of the probes this kernel has. */
  bool probes[PROBE_COUNT];
  /** Whether it has the tracepoint tlb:tlb_flush. */
  bool flushes;
};

static struct state *state;

static int put(const char *file, const char *text, int flags) {
  int fd = open(file, O_WRONLY | O_CLOEXEC | flags);
  if (fd < 0) return -1;
  ssize_t done = write(fd, text, strlen(text));
  close(fd);
  return done < 0 ? -1 : 0;
}

void tlb_trace_open(void) {
  char line[256];
  state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (state == MAP_FAILED) abort();
  state->on = open(TRACING "tracing_on", O_WRONLY | O_CLOEXEC);
  if (state->on < 0) return;
  put(TRACING "tracing_on", "0", 0);
  put(TRACING "buffer_size_kb", BUFFER_KB, 0);
  put(TRACING "options/context-info", "0", 0);
  put(TRACING "options/function-fork", "0", 0);
  put(TRACING "options/event-fork", "0", 0);
  put(TRACING "set_ftrace_filter", "", O_TRUNC);
  int functions = 0;
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++) {
    if (put(TRACING "set_ftrace_filter", FUNCTIONS[i], O_APPEND) == 0) functions++;
  }
  /* Without a filter everything would be traced. */
  if (functions == 0 || put(TRACING "current_tracer", "function", 0) < 0) return;
  for (size_t i = 0; i < PROBE_COUNT; i++) {
    snprintf(line, sizeof line, "%s\n", PROBES[i]);
    state->probes[i] = put(TRACING "kprobe_events", line, O_APPEND) == 0;
  }
  put(TRACING "events/kprobes/enable", "1", 0);
#if !defined(__aarch64__)
  /* Other architectures have the tracepoint, and never come by. */
  state->flushes = put(TRACING "events/tlb/tlb_flush/enable", "1", 0) == 0;
#endif
  state->ready = true;
}

bool tlb_trace_ready(void) {
  return state != NULL && state->ready;
}

/** The functions that are traced, as the kernel lists them. */
static void write_functions(FILE *out) {
  char line[256];
  FILE *file = fopen(TRACING "set_ftrace_filter", "re");
  for (bool first = true; file != NULL && fgets(line, sizeof line, file) != NULL; first = false) {
    line[strcspn(line, " \n")] = 0;
    if (!first) fputc(',', out);
    json_string(out, line);
  }
  if (file != NULL) fclose(file);
}

/** Writes the names of all that a trace can show: functions, and events with a colon. */
void tlb_trace_names(FILE *out) {
  if (!tlb_trace_ready()) return;
  write_functions(out);
  for (size_t i = 0; i < PROBE_COUNT; i++) {
    if (state->probes[i])
      fprintf(out, ",\"%.*s:\"", (int)strcspn(PROBES[i] + 2, " "), PROBES[i] + 2);
  }
  if (state->flushes) fputs(",\"tlb_flush:\"", out);
}

void tlb_trace_follow(void) {
  char pid[32];
  if (!tlb_trace_ready()) return;
  snprintf(pid, sizeof pid, "%d", (int)getpid());
  put(TRACING "set_ftrace_pid", pid, O_TRUNC);
  put(TRACING "set_event_pid", pid, O_TRUNC);
  state->pending = false;
}

void tlb_trace_begin(void) {
  if (!tlb_trace_ready()) return;
  put(TRACING "trace", "", O_TRUNC);
  state->pending = write(state->on, "1", 1) == 1;
}

void tlb_trace_end(void) {
  if (tlb_trace_ready() && state->pending && write(state->on, "0", 1) != 1) state->pending = false;
}

/** Name of a traced function or, with a colon, of an event. */
static void name_of(const char *line, char *name) {
  size_t length = strcspn(line, " ");
  if (length >= MAX_NAME) length = MAX_NAME - 1;
  memcpy(name, line, length);
  name[length] = 0;
}

static void count(struct tally *tallies, int *used, const char *line) {
  char name[MAX_NAME];
  name_of(line, name);
  int i = 0;
  while (i < *used && strcmp(tallies[i].name, name) != 0) i++;
  if (i == MAX_NAMES) return;
  if (i == *used) {
    strcpy(tallies[i].name, name);
    tallies[(*used)++].count = 0;
  }
  tallies[i].count++;
}

/** Events that did not fit into the buffer. */
static long lost_events(void) {
  char line[128];
  long lost = 0;
  FILE *file = fopen(TRACING "per_cpu/cpu0/stats", "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    long number = 0;
    if (sscanf(line, "overrun: %ld", &number) == 1) lost += number;
    if (sscanf(line, "dropped events: %ld", &number) == 1) lost += number;
  }
  if (file != NULL) fclose(file);
  return lost;
}

/** Writes a line, or `Nx line` for equal ones in a row. Trace lines hold nothing to escape. */
static void write_line(FILE *out, const char *line, long times, bool first) {
  if (!first) fputc(',', out);
  if (times > 1)
    fprintf(out, "\"%ldx %s\"", times, line);
  else
    fprintf(out, "\"%s\"", line);
}

static bool next_line(FILE *trace, char *line) {
  while (fgets(line, MAX_TRACE_LINE, trace) != NULL) {
    line[strcspn(line, "\n")] = 0;
    size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, strlen(line + blanks) + 1);
    if (line[0] != 0 && line[0] != '#' && strncmp(line, "CPU:", 4) != 0) return true;
  }
  return false;
}

void tlb_trace_write(FILE *out) {
  struct tally tallies[MAX_NAMES];
  char line[MAX_TRACE_LINE];
  char last[MAX_TRACE_LINE] = "";
  long total = 0;
  long times = 0;
  long written = 0;
  int used = 0;
  bool cut = false;
  if (!tlb_trace_ready() || !state->pending) return;
  state->pending = false;
  FILE *trace = fopen(TRACING "trace", "re");
  if (trace == NULL) return;
  fputs(",\"seq\":[", out);
  while (next_line(trace, line)) {
    total++;
    count(tallies, &used, line);
    if (times > 0 && strcmp(line, last) == 0) {
      times++;
      continue;
    }
    if (times > 0 && written < MAX_RUNS)
      write_line(out, last, times, written++ == 0);
    else
      cut = cut || times > 0;
    strcpy(last, line);
    times = 1;
  }
  fclose(trace);
  if (times > 0 && written < MAX_RUNS)
    write_line(out, last, times, written++ == 0);
  else
    cut = cut || times > 0;
  fprintf(out, "],\"seq_truncated\":%d,\"trace_total\":%ld,\"trace_lost\":%ld,\"counters\":{", cut,
          total, lost_events());
  for (int i = 0; i < used; i++)
    fprintf(out, "%s\"%s\":%ld", i > 0 ? "," : "", tallies[i].name, tallies[i].count);
  fputc('}', out);
}

void tlb_trace_close(void) {
  if (!tlb_trace_ready()) return;
  put(TRACING "current_tracer", "nop", 0);
  state->ready = false;
}
