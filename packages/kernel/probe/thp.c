// SPDX-License-Identifier: MIT
/* Settings of large folios: what scenarios start from, and what the machine had before. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define MAX_SETTINGS 64
#define MAX_PATH 128

/** A file, what it said before, and what scenarios start with. */
static struct {
  char path[MAX_PATH];
  char before[32];
  const char *initial;
} settings[MAX_SETTINGS];
static int setting_count;

/** The choice that stands in brackets, or the whole text. */
static void chosen(const char *text, char *choice, size_t bytes) {
  const char *open = strchr(text, '[');
  if (open == NULL) snprintf(choice, bytes, "%.*s", (int)strcspn(text, "\n"), text);
  else snprintf(choice, bytes, "%.*s", (int)strcspn(open + 1, "]"), open + 1);
}

static void add(const char *folder, const char *name, const char *initial) {
  char text[128];
  if (setting_count == MAX_SETTINGS) return;
  char *path = settings[setting_count].path;
  snprintf(path, MAX_PATH, THP "%.48s%.32s", folder, name);
  if (text_read(path, text, sizeof text) <= 0) return;
  chosen(text, settings[setting_count].before, sizeof settings[0].before);
  settings[setting_count].initial = initial;
  setting_count++;
}

/** Remembers all settings that scenarios change. */
void thp_save(void) {
  struct dirent *entry;
  add("", "enabled", "always");
  add("", "shmem_enabled", "never");
  add("", "defrag", "always");
  DIR *sizes = opendir(THP);
  while (sizes != NULL && (entry = readdir(sizes)) != NULL) {
    if (strncmp(entry->d_name, "hugepages-", 10) != 0) continue;
    bool huge = strcmp(entry->d_name, "hugepages-2048kB") == 0;
    add(entry->d_name, "/enabled", huge ? "madvise" : "never");
    add(entry->d_name, "/shmem_enabled", "never");
  }
  if (sizes != NULL) closedir(sizes);
  /* Scenarios read holes: the huge zero page is a choice of its own. */
  add("", "use_zero_page", "1");
}

/** Writes a setting unless it is so already: each write makes the kernel work out its reserves anew. */
static void set(const char *path, const char *value) {
  char text[128];
  char now[32];
  if (text_read(path, text, sizeof text) <= 0) return;
  chosen(text, now, sizeof now);
  if (strcmp(now, value) != 0) text_write(path, value);
}

/** What every scenario starts from. */
void thp_defaults(void) {
  for (int i = 0; i < setting_count; i++) set(settings[i].path, settings[i].initial);
}

void thp_restore(void) {
  for (int i = 0; i < setting_count; i++) set(settings[i].path, settings[i].before);
}

/** `thp KB always|madvise|never [shmem_enabled]` */
long op_thp(const struct words *words) {
  char path[MAX_PATH];
  const char *file = word_text(words, 3, "enabled");
  if (strcmp(file, "enabled") != 0 && strcmp(file, "shmem_enabled") != 0) {
    errno = EINVAL;
    return -1;
  }
  snprintf(path, sizeof path, THP "hugepages-%ldkB/%s", word_number(words, 1, 0), file);
  return text_write(path, word_text(words, 2, ""));
}
