// SPDX-License-Identifier: MIT
/* Files of a story. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILES 16
#define MAX_ID 32

static struct {
  char id[MAX_ID];
  int fd;
} files[MAX_FILES];
static int file_count;
static const char *file_root = "";

/** Paths of scenarios lie below `root`. */
void files_init(const char *root) {
  if (root != NULL) file_root = root;
}

/** The newest file of that name; -1 if there is none. */
int file_descriptor(const char *id) {
  for (int i = file_count - 1; i >= 0; i--) {
    if (strcmp(files[i].id, id) == 0) return files[i].fd;
  }
  return -1;
}

/** `file ID PATH NPAGES`: creates or opens it, at that length. */
long op_file(const struct words *words) {
  char path[MAX_LINE];
  const char *asked = word_text(words, 2, "");
  if (file_count == MAX_FILES || strstr(asked, "..") != NULL) {
    errno = EINVAL;
    return -1;
  }
  snprintf(path, sizeof path, "%s%s", file_root, asked);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
  if (fd < 0) return -1;
  if (ftruncate(fd, word_number(words, 3, 0) * (off_t)PAGE_BYTES) < 0) return -1;
  snprintf(files[file_count].id, MAX_ID, "%s", word_text(words, 1, ""));
  files[file_count++].fd = fd;
  return 0;
}

/** `fwrite ID OFF N [CHUNKPAGES]`: write(2), so many pages at a time. */
long op_fwrite(const struct words *words) {
  int fd = file_descriptor(word_text(words, 1, ""));
  long at = word_number(words, 2, 0);
  long pages = word_number(words, 3, 0);
  long chunk = word_number(words, 4, 1);
  long most = (long)(FILE_PATTERN_BYTES / PAGE_BYTES);
  if (chunk < 1 || chunk > most) chunk = most;
  for (long i = 0; i < pages; i += chunk) {
    long nr = pages - i < chunk ? pages - i : chunk;
    size_t bytes = (size_t)nr * PAGE_BYTES;
    if (pwrite(fd, file_pattern, bytes, (at + i) * (off_t)PAGE_BYTES) != (ssize_t)bytes) return -1;
  }
  return 0;
}

long op_fsync(const struct words *words) {
  return fsync(file_descriptor(word_text(words, 1, "")));
}
