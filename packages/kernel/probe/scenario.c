// SPDX-License-Identifier: MIT
/* Reads scenario text. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** Most lines of one scenario. */
#define MAX_LINES 100000
/** The line that a scenario begins with. */
#define HEAD "scenario "
/** A line that ends a scenario; without it the next one or the end of the text does. */
#define END "end"

/** The first line of the scenario after the one that was read last. */
static char ahead[MAX_LINE];

/** Reads a line without its end, comments and blanks around it; false at the end of the text. */
static bool read_line(FILE *from, char *line) {
  if (fgets(line, MAX_LINE, from) == NULL) return false;
  size_t length = strlen(line);
  if (length == MAX_LINE - 1 && line[length - 1] != '\n') {
    fprintf(stderr, "probe: expected lines up to %d bytes, found a longer one\n", MAX_LINE - 2);
    exit(2);
  }
  char *comment = line[0] == '#' ? line : strstr(line, " #");
  if (comment != NULL) *comment = 0;
  length = strlen(line);
  while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL) line[--length] = 0;
  return true;
}

static void add_line(struct scenario *scenario, const char *line) {
  if (scenario->count == MAX_LINES) {
    fprintf(stderr, "probe: expected up to %d lines, found more\n", MAX_LINES);
    exit(2);
  }
  if ((scenario->count & (scenario->count - 1)) == 0) {
    size_t room = scenario->count == 0 ? 1 : scenario->count * 2;
    scenario->lines = realloc(scenario->lines, room * sizeof *scenario->lines);
  }
  char *copy = strdup(line);
  if (scenario->lines == NULL || copy == NULL) abort();
  scenario->lines[scenario->count++] = copy;
}

/** Reads the next scenario; 0 if there is none. */
int scenario_read(FILE *from, struct scenario *into) {
  char line[MAX_LINE];
  *into = (struct scenario){0};
  while (strncmp(ahead, HEAD, strlen(HEAD)) != 0) {
    if (!read_line(from, ahead)) return 0;
  }
  into->name = strdup(ahead + strlen(HEAD));
  if (into->name == NULL) abort();
  ahead[0] = 0;
  while (read_line(from, line)) {
    if (strcmp(line, END) == 0) break;
    if (strncmp(line, HEAD, strlen(HEAD)) == 0) {
      strcpy(ahead, line);
      break;
    }
    if (line[0] != 0) add_line(into, line);
  }
  return 1;
}

void scenario_free(struct scenario *scenario) {
  for (size_t i = 0; i < scenario->count; i++) free(scenario->lines[i]);
  free(scenario->lines);
  free(scenario->name);
}

void words_split(struct words *words, const char *line) {
  char *rest = NULL;
  snprintf(words->text, sizeof words->text, "%s", line);
  words->count = 0;
  for (char *word = strtok_r(words->text, " \t", &rest); word != NULL && words->count < MAX_WORDS;
       word = strtok_r(NULL, " \t", &rest))
    words->at[words->count++] = word;
}

const char *word_text(const struct words *words, int i, const char *absent) {
  return i < words->count ? words->at[i] : absent;
}

/** A page or a number of pages: never negative, never so large that an address would overflow. */
long word_number(const struct words *words, int i, long absent) {
  if (i >= words->count) return absent;
  char *end = NULL;
  errno = 0;
  long value = strtol(words->at[i], &end, 0);
  bool good = errno == 0 && *end == 0 && value >= 0 && value <= (long)(WINDOW_BYTES / PAGE_BYTES);
  return good ? value : absent;
}
