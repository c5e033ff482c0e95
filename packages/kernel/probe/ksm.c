// SPDX-License-Identifier: MIT
/* Kernel same-page merging. */
#include "probe.h"

#include <stdlib.h>
#include <unistd.h>

#define KSM "/sys/kernel/mm/ksm/"
/** Full scans after which all that is equal is merged. */
#define SCANS 4
#define TENTHS_OF_A_SECOND 300

static long number_in(const char *path) {
  char text[32];
  return text_read(path, text, sizeof text) < 0 ? 0 : atol(text);
}

/** `ksm USE_ZERO_PAGES`: waits for full scans; returns how many pages share. */
long op_ksm(const struct words *words) {
  text_write(KSM "pages_to_scan", "5000");
  text_write(KSM "sleep_millisecs", "10");
  text_write(KSM "use_zero_pages", word_text(words, 1, "0"));
  if (text_write(KSM "run", "1") < 0) return -1;
  long first = number_in(KSM "full_scans");
  for (int i = 0; i < TENTHS_OF_A_SECOND && number_in(KSM "full_scans") < first + SCANS; i++) {
    usleep(100000);
  }
  text_write(KSM "run", "0");
  return number_in(KSM "pages_sharing");
}
