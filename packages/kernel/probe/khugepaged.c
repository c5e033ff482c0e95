// SPDX-License-Identifier: MIT
/*
 * Keeps khugepaged from collapsing what a scenario has just made. The daemon sleeps between scans for as
 * long as it is told, but wakes when the first process with huge pages registers. So a process that
 * registers first and then waits keeps it asleep.
 */
#include "probe.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER "/sys/kernel/mm/transparent_hugepage/khugepaged/"
#define NEVER "1000000000"
#define HUGE_BYTES (2UL << 20)
/** How long the scan that registration starts may take, in hundredths of a second. */
#define PATIENCE 150

static const char *const SLEEPS[] = {
  FOLDER "scan_sleep_millisecs",
  FOLDER "alloc_sleep_millisecs",
};
static char before[2][32];
static pid_t decoy;

static void wait_registered(void) {
  char *memory = mmap((void *)BASE_ADDRESS, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  madvise(memory, 2 * HUGE_BYTES, MADV_HUGEPAGE);
  memory[0] = 1;
  for (;;) pause();
}

static long scans(void) {
  char text[32];
  return text_read(FOLDER "full_scans", text, sizeof text) < 0 ? 0 : atol(text);
}

/** Sends it to sleep. Settings of sizes must be those of scenarios already. */
void khugepaged_park(void) {
  for (int i = 0; i < 2; i++) {
    if (text_read(SLEEPS[i], before[i], sizeof before[i]) <= 0) return;
  }
  long first = scans();
  for (int i = 0; i < 2; i++) text_write(SLEEPS[i], NEVER);
  decoy = fork();
  if (decoy == 0) wait_registered();
  for (int i = 0; i < PATIENCE && scans() == first; i++) usleep(10000);
}

/** Lets it go on as before. */
void khugepaged_end(void) {
  if (decoy <= 0) return;
  kill(decoy, SIGKILL);
  waitpid(decoy, NULL, 0);
  decoy = 0;
  for (int i = 0; i < 2; i++) text_write(SLEEPS[i], before[i]);
}
